// A field enlarged: its numbers between the grid's points, and regions and lines at levels as close as the view allows.

const CELL_PIXELS = 3
const MOST_LEVELS = 10
const FEW = 0.04

// For each place along one axis of a grid its four neighbours with their weights, or null outside of the grid.
function spots(points, places) {
  return places.map((place) => {
    const at = Math.min(placeOf(points, place), points.length - 2)
    if (at < 0 || place > points[at + 1]) return null
    const part = (place - points[at]) / (points[at + 1] - points[at])
    const inside = at > 0 && at + 2 < points.length
    return inside ? {at, cubic: weights(part).value, part} : {at, cubic: null, part}
  })
}

// The numbers of a grid at all pairs of places, by cubics where all neighbours are known and else by straight lines.
function resampled(grid, numbers, xs, ys) {
  const wide = grid.x.length, across = spots(grid.x, xs), up = spots(grid.y, ys), rows = new Map()
  const row = (number) => {
    if (!rows.has(number)) {
      const first = number * wide
      rows.set(number, Float64Array.from(across, (spot) => (spot ? between(spot, (step) => numbers[first + spot.at + step]) : NaN)))
    }
    return rows.get(number)
  }
  const found = new Float64Array(xs.length * ys.length)
  up.forEach((spot, place) => {
    const own = spot && [-1, 0, 1, 2].map((step) => (spot.cubic || step == 0 || step == 1 ? row(spot.at + step) : null))
    for (let column = 0; column < xs.length; column++) {
      found[place * xs.length + column] = spot ? between(spot, (step) => own[step + 1][column]) : NaN
    }
  })
  return found
}

function between({cubic, part}, get) {
  if (cubic) {
    const value = cubic[0] * get(-1) + cubic[1] * get(0) + cubic[2] * get(1) + cubic[3] * get(2)
    if (isFinite(value)) return value
  }
  return get(0) * (1 - part) + get(1) * part
}

// The pieces of the lines at a level, in a grid of cells.
function levelPieces(xs, ys, values, level) {
  const pieces = [], wide = xs.length
  for (let row = 0; row + 1 < ys.length; row++) {
    for (let column = 0; column + 1 < wide; column++) {
      const at = row * wide + column, [a, b, c, d] = [values[at], values[at + 1], values[at + wide + 1], values[at + wide]]
      const isAbove = [a >= level, b >= level, c >= level, d >= level]
      if (!isFinite(a + b + c + d) || isAbove.every((each) => each == isAbove[0])) continue
      const met = [], part = (one, other) => (level - one) / (other - one)
      if (isAbove[0] != isAbove[1]) met.push([xs[column] + part(a, b) * (xs[column + 1] - xs[column]), ys[row]])
      if (isAbove[1] != isAbove[2]) met.push([xs[column + 1], ys[row] + part(b, c) * (ys[row + 1] - ys[row])])
      if (isAbove[2] != isAbove[3]) met.push([xs[column] + part(d, c) * (xs[column + 1] - xs[column]), ys[row + 1]])
      if (isAbove[3] != isAbove[0]) met.push([xs[column], ys[row] + part(a, d) * (ys[row + 1] - ys[row])])
      pieces.push([met[0], met[1]])
      if (met.length == 4) pieces.push([met[2], met[3]])
    }
  }
  return pieces
}

// Round levels between the lowest and the highest number.
function roundLevels(low, high) {
  if (!(low < high)) return []
  const step = niceStep((high - low) / MOST_LEVELS), found = []
  for (let place = Math.ceil(low / step); place * step <= high; place++) found.push(Number((place * step).toPrecision(12)))
  return found
}

// The colour of a number among those of the whole picture's regions, which go over into each other.
function colorAt(field, colors, value) {
  const {edges} = field, place = Math.max(0, Math.min(placeOf(edges, value), edges.length - 2))
  const part = place + (value - edges[place]) / (edges[place + 1] - edges[place] || 1) - 0.5
  const at = Math.max(0, Math.min(part, colors.length - 1)), left = Math.min(Math.floor(at), colors.length - 1)
  return left + 1 < colors.length ? ramp([colors[left], colors[left + 1]], 101)[Math.round((at - left) * 100)] : colors[left]
}

function addEnlarged(figure, field, whole, isBehind) {
  const {home, plot} = figure, {grid} = figure.field
  const mapper = new Bokeh.LinearColorMapper({palette: ['#000000'], low: 0, high: 1, nan_color: 'rgba(0, 0, 0, 0)'})
  const cells = new Bokeh.ColumnDataSource({data: {image: [], x: [], y: [], dw: [], dh: []}})
  const names = ['image', 'x', 'y', 'dw', 'dh']
  const image = plot.image({
    ...Object.fromEntries(names.map((name) => [name, {field: name}])), source: cells, color_mapper: mapper, global_alpha: isBehind ? 0.6 : 1,
  })
  const pieces = source({x0: [], y0: [], x1: [], y1: []}), marked = source({x: [], y: [], text: []})
  const lines = plot.segment({
    ...Object.fromEntries(['x0', 'y0', 'x1', 'y1'].map((name) => [name, {field: name}])), source: pieces, line_width: 1, line_alpha: isBehind ? 0.35 : 0.65,
  })
  const labels = plot.text({field: 'x'}, {field: 'y'}, {field: 'text'}, {source: marked, ...LABELS})
  const parts = [image, lines, labels]
  let colors = [], bands = []
  const dye = () => { mapper.palette = bands.map((middle) => colorAt(field, colors, middle)) }
  figure.painters.push((theme) => {
    colors = levelColors(field, theme)
    if (bands.length) dye()
    lines.glyph.line_color = labels.glyph.text_color = theme.ink
    labels.glyph.background_fill_color = theme.background
  })
  figure.drawers.push(() => {
    const isClose = !isWhole(figure)
    for (const part of parts) part.visible = isClose
    for (const part of whole) part.visible = !isClose
    figure.isCoarse = isClose
    if (!isClose) return
    const {width, height} = frameOf(figure), columns = Math.round(width / CELL_PIXELS), rows = Math.round(height / CELL_PIXELS)
    const middles = (range, count) => Array.from({length: count}, (_, place) => range.start + ((range.end - range.start) * (place + 0.5)) / count)
    const xs = middles(figure.x, columns), ys = middles(figure.y, rows)
    const values = resampled(grid, grid.z, xs.map((x) => x * home.x.scale), ys.map((y) => y * home.y.scale))
    const sorted = values.filter((value) => !Number.isNaN(value)).sort(), last = sorted.length - 1
    if (last < 0) return
    // Levels are round numbers among most values, so that those beside a pole leave the others apart.
    const [low, high] = [sorted[0], sorted[last]], most = [FEW, 1 - FEW].map((part) => sorted[Math.round(part * last)])
    const levels = roundLevels(...most), edges = [low, ...levels.filter((level) => level > low && level < high), high]
    bands = edges.slice(1).map((edge, place) => (edge + edges[place]) / 2)
    const banded = values.map((value) => (Number.isNaN(value) ? NaN : Math.max(0, Math.min(placeOf(edges, value), bands.length - 1))))
    Object.assign(mapper, {low: -0.5, high: bands.length - 0.5})
    dye()
    cells.data = {
      image: [ndarray(banded, {shape: [rows, columns], dtype: 'float64'})], x: [figure.x.start], y: [figure.y.start],
      dw: [figure.x.end - figure.x.start], dh: [figure.y.end - figure.y.start],
    }
    const drawn = {x0: [], y0: [], x1: [], y1: []}, named = {x: [], y: [], text: []}
    for (const level of levels) {
      const found = levelPieces(xs, ys, values, level)
      for (const [[x0, y0], [x1, y1]] of found) {
        drawn.x0.push(x0); drawn.y0.push(y0); drawn.x1.push(x1); drawn.y1.push(y1)
      }
      if (found.length < 12) continue
      const [[x, y]] = found[Math.floor(found.length / 2)]
      named.x.push(x); named.y.push(y); named.text.push(number(level, 8))
    }
    pieces.data = drawn
    marked.data = named
  })
}
