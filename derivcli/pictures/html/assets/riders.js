// Riders: what a point may be moved along. Each has a figure, a place `at`, and says of it what is known there.

const NEAR_JUDGED = 4.2 // pixels in which a row with a verdict stands for the place that is pointed at
const NEAR_ROW = 0.6
const START = 0.36 // where on its axis a point stands at first

// A function with its table; its place is an x.
function functionRider(table, figures) {
  const lines = figures.flatMap((figure) =>
    figure.curves.filter((curve) => curve.tableOf == table).map((curve) => ({figure, curve, column: curve.numbers})))
  const main = lines.find((line) => line.column == table.columns[0]) || lines[0]
  const {figure, curve} = main
  const first = table.x[0], last = table.x[table.x.length - 1]
  const slope = table.columns[main.column.slope]

  function read(x, isFine) {
    const step = pixelsOf(figure).x * figure.home.x.scale
    const gap = Math.max(0, placeOf(table.x, x)), row = rowAt(x, gap, isFine, step), place = row < 0 ? (isFine ? x : placed(x, step / 4)) : table.x[row]
    const value = (column) => (row < 0 ? cubicAt(table, column, gap, place) : column.values[row])
    const values = table.columns.map((column) => ({
      name: column.name.text, value: value(column),
      text: row < 0 ? rough(value(column), 4 * column.errors[gap]) : number(value(column)),
    }))
    return {
      at: place, x: place, values, verdict: verdictAt(row, place), slope: slope ? value(slope) : NaN, isExact: row >= 0,
      dots: lines.map((line) => dot(line, value(line.column), place)),
    }
  }

  // The row that stands for x, -1 where a cubic does: one with a verdict near by or, where cubics are off, the nearest.
  function rowAt(x, gap, isFine, step) {
    const judged = table.judged[nearestPlace(table.judgedX, x)]
    if (judged !== undefined && Math.abs(table.x[judged] - x) <= (isFine ? 0 : NEAR_JUDGED * step)) return judged
    const row = nearestPlace(table.x, x), {errors} = main.column
    const isOff = !(4 * errors[gap] <= PIXELS_OFF * pixelsOf(figure).y * figure.home.y.scale)
    return table.x[row] == x || isOff ? row : -1
  }

  function dot(line, value, x) {
    return {figure: line.figure, curve: line.curve, x: x / line.figure.home.x.scale, y: value / line.figure.home.y.scale}
  }

  function verdictAt(row, x) {
    if (row >= 0 && table.texts[table.verdicts[row]]) return table.texts[table.verdicts[row]]
    const nearest = table.judged[nearestPlace(table.judgedX, x)]
    return nearest === undefined || !table.texts[table.verdicts[nearest]] ? '' : `at ${variable()} = ${number(table.x[nearest])}: ${table.texts[table.verdicts[nearest]]}`
  }

  const variable = () => figure.panel.x.name.text
  return {
    figure, curve, read, name: curve.name.text, lines,
    start() {
      const touch = this.marks().find((mark) => mark.kind == 'touch'), x = first + (last - first) * START
      return touch ? touch.x : table.judgedX.length ? table.judgedX[nearestPlace(table.judgedX, x)] : x
    },
    clamp: (x) => Math.min(Math.max(x, first), last),
    moved(x, right, up, isSmall) {
      const wide = (figure.x.end - figure.x.start) * figure.home.x.scale
      const step = niceStep(wide / (isSmall ? 1000 : 120))
      const target = Math.round(x / step + right) * step
      return this.clamp(Number(target.toPrecision(14)))
    },
    at: (x) => x * figure.home.x.scale,
    words(found) {
      return [{name: variable(), text: number(found.x, 15)}, ...found.values]
    },
    nearest(x, y, own) {
      const line = lines.find((each) => each.figure == own)
      if (!line) return null
      const place = this.clamp(x * own.home.x.scale), found = read(place)
      const there = found.dots.find((each) => each.figure == own)
      const away = Math.min(...found.dots.filter((each) => each.figure == own && isFinite(each.y))
        .map((each) => Math.abs(each.y - y) / pixelsOf(own).y), 1e6)
      return {at: place, found, away, there}
    },
    tangent: (found) => isFinite(found.slope) && lineThrough(figure, found.dots[lines.indexOf(main)], found.slope),
    marks() {
      const own = figure.tips.filter((mark) =>
        mark.x >= first && mark.x <= last && (!mark.curve || mark.curve == curve || mark.curve.role == 'tangent'))
      return own.filter((mark, place) => own.findIndex((each) => each.x == mark.x) == place)
        .map((mark) => (own.filter((each) => each.x == mark.x && ENDS.includes(each.kind)).length > 1 ? jump(mark) : mark))
    },
    ofMark: (mark) => mark.x,
  }
}

const ENDS = ['open', 'closed', 'isolated']

function jump(mark) {
  return {...mark, kind: 'jump', name: {text: ''}}
}

// A straight line across the view, which an axis of logarithms bends.
function lineThrough(figure, {x, y}, slope) {
  const steep = (slope * figure.home.x.scale) / figure.home.y.scale, wide = figure.x.end - figure.x.start
  const line = {x: [], y: []}, {panel} = figure, count = panel.y.logarithmic || panel.x.logarithmic ? 100 : 1
  for (let place = -count; place <= count; place++) {
    const away = (2 * wide * place) / count, height = y + away * steep
    line.x.push(panel.x.logarithmic && x + away <= 0 ? NaN : x + away)
    line.y.push(panel.y.logarithmic && height <= 0 ? NaN : height)
  }
  return line
}

// A line of which only points are known; its place counts them from the first, in fractions.
function strokeRider(curve, figure) {
  const x = curve.x.map((each) => each / figure.home.x.scale), y = curve.y.map((each) => each / figure.home.y.scale)
  const variable = () => figure.panel.x.name.text, other = () => figure.panel.y.name.text || 'y'
  const isGap = (place) => !isFinite(x[place] + y[place])
  const isCut = (place) => curve.gaps && !isFinite(curve.gaps[place])

  function read(at) {
    const place = Math.min(Math.floor(at), x.length - 2), part = at - place
    const one = isGap(place) ? place + 1 : place, next = isGap(place + 1) ? place : place + 1
    const px = x[one] * (1 - part) + x[next] * part, py = y[one] * (1 - part) + y[next] * part
    const [from, to] = one == next ? [isGap(one - 1) || one == 0 ? one : one - 1, isGap(one + 1) ? one : one + 1] : [one, next]
    const direction = [x[to] - x[from], y[to] - y[from]]
    const slope = (direction[1] * figure.home.y.scale) / (direction[0] * figure.home.x.scale)
    const pixel = pixelsOf(figure)
    const shown = (value, step) => '≈ ' + number(placed(value, step))
    return {
      px, py, direction, slope, verdict: '', isExact: false,
      values: [
        {name: variable(), text: shown(px * figure.home.x.scale, pixel.x * figure.home.x.scale / 4)},
        {name: other(), text: shown(py * figure.home.y.scale, pixel.y * figure.home.y.scale / 4)},
        {name: 'slope', text: Math.abs(slope) < 1e6 ? '≈ ' + number(slope, 3) : 'vertical'},
      ],
      dots: [{figure, curve, x: px, y: py}],
    }
  }

  return {
    figure, curve, read, name: curve.name.text, lines: [{figure, curve}],
    start() {
      const {x: across, y: up} = figure.home
      const seen = Array.from(x.keys()).filter((place) => x[place] >= across.low && x[place] <= across.high && y[place] >= up.low && y[place] <= up.high)
      return seen.length ? seen[Math.floor(seen.length / 8)] : Math.max(0, x.findIndex((each, place) => !isGap(place)))
    },
    clamp: (at) => Math.min(Math.max(at, 0), x.length - 1),
    moved(at, right, up, isSmall) {
      const pixel = pixelsOf(figure), turn = Math.sign(right)
      let left = (isSmall ? 1 : 10) * Math.abs(right), place = at
      for (let count = 0; count < 1e5 && left > 0; count++) {
        const next = turn > 0 ? Math.floor(place) + 1 : Math.ceil(place) - 1
        if (next < 0 || next > x.length - 1) break
        const one = turn > 0 ? Math.floor(place) : Math.ceil(place)
        const long = Math.hypot((x[next] - x[one]) / pixel.x, (y[next] - y[one]) / pixel.y) * Math.abs(next - place)
        if (!isFinite(long) || isCut(Math.min(one, next))) { place = next; continue }
        if (long > left) { place += turn * (left / long) * Math.abs(next - place); left = 0 } else { place = next; left -= long }
      }
      return isGap(Math.round(place)) ? at : this.clamp(place)
    },
    at: () => NaN,
    words: (found) => found.values,
    nearest(px, py, own) {
      if (own != figure) return null
      const pixel = pixelsOf(figure)
      let best = 0, away = Infinity
      for (let place = 0; place + 1 < x.length; place++) {
        const dx = (x[place + 1] - x[place]) / pixel.x, dy = (y[place + 1] - y[place]) / pixel.y
        if (!isFinite(dx + dy) || isCut(place)) continue
        const rx = (px - x[place]) / pixel.x, ry = (py - y[place]) / pixel.y
        const part = Math.max(0, Math.min(1, (rx * dx + ry * dy) / (dx * dx + dy * dy || 1)))
        const far = Math.hypot(rx - part * dx, ry - part * dy)
        if (far < away) [best, away] = [place + part, far]
      }
      const found = read(best)
      return {at: best, found, away, there: found.dots[0]}
    },
    tangent({px, py, direction: [u, v]}) {
      const long = Math.hypot(u / (figure.x.end - figure.x.start), v / (figure.y.end - figure.y.start))
      return long > 0 && {x: [px - (2 * u) / long, px, px + (2 * u) / long], y: [py - (2 * v) / long, py, py + (2 * v) / long]}
    },
    marks: () => figure.tips.filter((mark) => !mark.curve || mark.curve == curve),
    ofMark(mark) { return this.nearest(mark.px, mark.py, figure).at },
  }
}

// A path with its table; its place is the parameter.
function pathRider(table, figure, curve) {
  const [xs, ys, dxs, dys] = table.columns, last = table.x.length - 1
  const points = strokeRider({...curve, x: xs.values, y: ys.values, gaps: xs.errors}, figure)
  const parameterAt = (place) => {
    const row = Math.min(Math.floor(place), last - 1)
    return table.x[row] + (place - row) * (table.x[row + 1] - table.x[row])
  }
  const placeAt = (at) => {
    const row = Math.max(0, Math.min(placeOf(table.x, at), last - 1))
    return row + (at - table.x[row]) / (table.x[row + 1] - table.x[row])
  }

  function read(at, isFine) {
    const {scale: sx} = figure.home.x, {scale: sy} = figure.home.y, pixel = pixelsOf(figure)
    let place = placeAt(at), row = Math.round(place)
    const away = Math.hypot((cubic(xs, at) - xs.values[row]) / sx / pixel.x, (cubic(ys, at) - ys.values[row]) / sy / pixel.y)
    const isRow = row == place || !isFinite(away) || (!isFine && away <= NEAR_ROW)
    if (isRow) at = table.x[row]
    const [x, y, u, v] = [xs, ys, dxs, dys].map((column) => (isRow ? column.values[row] : cubic(column, at)))
    const gap = Math.min(Math.floor(place), last - 1)
    const shown = (value, column) => (isRow ? number(value, 10) : rough(value, 4 * column.errors[gap]))
    const named = table.parameter ? [{name: table.parameter, text: number(at, 12)}] : []
    return {
      at, px: x / sx, py: y / sy, direction: [u / sx, v / sy], isExact: isRow, verdict: isRow ? table.texts[table.verdicts[row]] ?? '' : '',
      values: [
        ...named, {name: xs.name.text, text: shown(x, xs)}, {name: ys.name.text, text: shown(y, ys)},
        {name: `d${ys.name.text}/d${xs.name.text}`, text: slopeText(v / u, isRow)},
      ],
      dots: [{figure, curve, x: x / sx, y: y / sy}],
    }
  }

  function cubic(column, at) {
    const gap = Math.max(0, Math.min(placeOf(table.x, at), last - 1))
    return at == table.x[gap] ? column.values[gap] : cubicAt(table, column, gap, at)
  }

  function slopeText(slope, isRow) {
    if (Number.isNaN(slope)) return 'none'
    if (Math.abs(slope) > 1e12) return 'infinite'
    return isRow ? number(Math.abs(slope) < 1e-14 ? 0 : slope, 10) : rough(slope, 0, 6)
  }

  return {
    ...points, curve, read, name: curve.name.text, lines: [{figure, curve}],
    start: () => parameterAt(points.start()),
    clamp: (at) => Math.min(Math.max(at, table.x[0]), table.x[last]),
    moved: (at, right, up, isSmall) => parameterAt(points.moved(placeAt(at), right, up, isSmall)),
    at: () => NaN,
    nearest(x, y, own) {
      const found = points.nearest(x, y, own)
      if (!found) return null
      const at = parameterAt(found.at), there = read(at)
      return {...found, at: there.at, found: there, there: there.dots[0]}
    },
    marks: () => figure.tips.filter((mark) => !mark.curve || mark.curve == curve),
    ofMark(mark) { return this.nearest(mark.px, mark.py, figure).at },
  }
}

// A point anywhere in a field; its place is a pair.
function fieldRider(figure) {
  const {x: xs, y: ys} = figure.home, {panel} = figure
  const grid = figure.field && figure.field.grid, vectors = figure.vectors
  const partial = (axis) => `∂/∂${axis.name.text}`

  function read([x, y]) {
    const pixel = pixelsOf(figure), [px, py] = [x * xs.scale, y * ys.scale]
    const values = [
      {name: panel.x.name.text, text: number(placed(px, (pixel.x * xs.scale) / 2))},
      {name: panel.y.name.text, text: number(placed(py, (pixel.y * ys.scale) / 2))},
    ]
    let arrow = null
    if (vectors) {
      const u = onGrid(vectors, vectors.u, px, py).value, v = onGrid(vectors, vectors.v, px, py).value
      values.push({name: 'vector', text: isFinite(u + v) ? `≈ (${number(u, 4)}, ${number(v, 4)})` : 'none'})
      arrow = [u, v]
    }
    if (grid) {
      const {value, slopes, error} = settled(onGrid(grid, grid.z, px, py))
      values.push({name: figure.field.name.text || 'f', text: rough(value, error, 6)})
      if (!vectors) {
        values.push({name: partial(panel.x), text: rough(slopes[0], 0, 3)}, {name: partial(panel.y), text: rough(slopes[1], 0, 3)})
        arrow = slopes
      }
    }
    return {px: x, py: y, values, verdict: '', isExact: false, arrow, dots: [{figure, curve: null, x, y}]}
  }

  // What lies below the rounding of the grid's largest numbers is nothing.
  function settled({value, slopes, error}) {
    const small = (figure.field.high - figure.field.low) * 1e-12
    const clean = (each, wide) => (Math.abs(each) * wide < small ? 0 : each)
    return {
      value: clean(value, 1), error,
      slopes: [clean(slopes[0], (xs.high - xs.low) * xs.scale), clean(slopes[1], (ys.high - ys.low) * ys.scale)],
    }
  }

  return {
    figure, curve: null, read, name: figure.field ? figure.field.name.text : 'the field', lines: [], isFree: true,
    start: () => [xs.low + (xs.high - xs.low) * START, ys.low + (ys.high - ys.low) * (1 - START)],
    clamp: ([x, y]) => [Math.min(Math.max(x, xs.low), xs.high), Math.min(Math.max(y, ys.low), ys.high)],
    moved([x, y], right, up, isSmall) {
      const pixel = pixelsOf(figure), step = isSmall ? 1 : 12
      return this.clamp([x + right * step * pixel.x, y + up * step * pixel.y])
    },
    words: (found) => found.values,
    nearest(x, y, own) {
      if (own != figure) return null
      const found = read([x, y])
      return {at: [x, y], found, away: 30, there: found.dots[0]}
    },
    tangent({px, py, arrow}) {
      if (!arrow || !isFinite(arrow[0] + arrow[1])) return null
      const pixel = pixelsOf(figure), [u, v] = [arrow[0] / xs.scale, arrow[1] / ys.scale]
      const long = Math.hypot(u / pixel.x, v / pixel.y)
      if (!(long > 0)) return null
      const [tx, ty] = [px + (u / long) * 60, py + (v / long) * 60], head = arrowHead(tx, ty, u, v, pixel, 10)
      return {x: [px, tx, NaN, ...head.x], y: [py, ty, NaN, ...head.y]}
    },
    marks: () => figure.tips,
    ofMark: (mark) => [mark.px, mark.py],
  }
}

function ridersOf(figures, tables) {
  const found = tables.filter((table) => figures.some((figure) => figure.curves.some((curve) => curve.tableOf == table)))
    .filter((table) => table.parameter === null).map((table) => functionRider(table, figures))
  for (const figure of figures) {
    for (const curve of figure.curves) {
      if (curve.isPath) {
        found.push(pathRider(curve.tableOf, figure, curve))
        continue
      }
      const isOwn = ['function', 'path'].includes(curve.role) && !curve.tableOf
      if (isOwn && curve.x.some((each, place) => isFinite(each + curve.y[place]))) found.push(strokeRider(curve, figure))
    }
    if (figure.field || figure.vectors) found.push(fieldRider(figure))
  }
  return found
}
