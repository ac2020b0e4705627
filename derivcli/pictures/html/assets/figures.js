// Figures: one of Bokeh's for each panel, and what is drawn in it anew whenever its ranges change.

const MARKERS = {
  closed: 'circle', open: 'circle', isolated: 'circle', dot: 'circle', touch: 'circle', zero: 'circle',
  minimum: 'inverted_triangle', maximum: 'triangle', flat: 'square', saddle: 'x', degenerate: 'plus',
  inflection: 'diamond', corner: 'circle', node: 'circle', start: 'circle',
}
const MARK_SIZE = 9
const OVER = 1.25 // how far the ranges reach beyond what is drawn, in its lengths
const NARROWEST = 1e-9
const STEPS_SEEN = 2 ** 12 // so many float64 lie at least across the narrowest view
const {ndarray} = Bokeh.require('core/util/ndarray')
const TICK_PIXELS = {x: 62, y: 40}
const MOST_TICKS = 9
const PLAIN_DIGITS = 7 // of a number that is written without an exponent at its tick
const RAISED = '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'
const FONT = 'system-ui, sans-serif'
const WHOLE = 0.98 // a view of so much of the axis is the whole picture
const PIXELS_OFF = 0.5

function ends(axis) {
  const scale = 10 ** axis.unit
  let low = axis.low / scale, high = axis.high / scale
  if (!(low < high)) {
    const air = Math.abs(low) / 10 || 1
    ;[low, high] = axis.logarithmic ? [low / 10, high * 10] : [low - air, high + air]
  }
  return {low, high, scale}
}

function narrowest({low, high}) {
  return Math.max((high - low) * NARROWEST, Math.max(Math.abs(low), Math.abs(high)) * Number.EPSILON * STEPS_SEEN)
}

function range({low, high}, axis) {
  const around = axis.logarithmic ? 0 : ((high - low) * (OVER - 1)) / 2
  return new Bokeh.Range1d({
    start: low, end: high, bounds: axis.logarithmic ? null : [low - around, high + around],
    min_interval: axis.logarithmic ? null : narrowest({low, high}),
  })
}

function nameOf(axis) {
  if (!axis.unit) return axis.name.text
  const unit = '10' + String(axis.unit).replace(/./g, (sign) => RAISED['-0123456789'.indexOf(sign)])
  return axis.name.text ? `${axis.name.text} / ${unit}` : `in units of ${unit}`
}

// A text in which no sign is one of TeX, for which Bokeh would want MathJax.
function plain(text) {
  return text.replace(/\$\$|\\[[\](){}]/g, (signs) => signs[0] + '\u200b' + signs.slice(1))
}

// A panel as a figure; `x` is the range that all of them share.
function makeFigure(panel, x, isLast) {
  const home = {x: ends(panel.x), y: ends(panel.y)}
  const y = range(home.y, panel.y)
  if (panel.kind == 'curves') y.bounds = null
  const plot = Bokeh.Plotting.figure({
    x_range: x, y_range: y, tools: 'pan,wheel_zoom', active_scroll: 'wheel_zoom', toolbar_location: null,
    sizing_mode: 'stretch_both', min_border: 6, min_border_right: 14, outline_line_color: null,
    x_axis_type: panel.x.logarithmic ? 'log' : 'linear', y_axis_type: panel.y.logarithmic ? 'log' : 'linear',
    x_axis_label: plain(isLast ? nameOf(panel.x) : ''), y_axis_label: plain(nameOf(panel.y)), lod_threshold: null,
  })
  const figure = {panel, plot, x, y, home, painters: [], drawers: [], curves: [], tips: []}
  for (const axis of plot.axes) {
    Object.assign(axis, {
      axis_label_text_font: FONT, major_label_text_font: FONT, axis_label_text_font_style: 'normal',
      axis_label_text_font_size: '15px', major_label_text_font_size: '13px', minor_tick_line_color: null,
      major_tick_in: 0, major_tick_out: 4,
    })
  }
  if (!panel.x.logarithmic) plot.xaxes[0].formatter.power_limit_high = PLAIN_DIGITS
  if (!panel.y.logarithmic) plot.yaxes[0].formatter.power_limit_high = PLAIN_DIGITS
  figure.painters.push((theme) => paintAxes(plot, theme))
  if (panel.x.turns) figure.drawers.push(() => tickTurns(plot.xaxes[0], plot.xgrids[0], x, frameOf(figure).width / TICK_PIXELS.x))
  if (panel.y.turns) figure.drawers.push(() => tickTurns(plot.yaxes[0], plot.ygrids[0], y, frameOf(figure).height / TICK_PIXELS.y))
  return figure
}

function paintAxes(plot, theme) {
  Object.assign(plot, {background_fill_color: theme.background, border_fill_color: theme.background})
  for (const axis of plot.axes) {
    Object.assign(axis, {
      axis_line_color: theme.grey, major_tick_line_color: theme.grey, major_label_text_color: theme.ink,
      axis_label_text_color: theme.ink,
    })
  }
  for (const grid of plot.grids) grid.grid_line_color = theme.pale
}

function tickTurns(axis, grid, range, most) {
  const found = turnTicks(range.start, range.end, Math.min(MOST_TICKS, most))
  const ticker = found ? new Bokeh.FixedTicker({ticks: found.ticks}) : new Bokeh.BasicTicker()
  axis.major_label_overrides = found ? found.texts : new Map()
  axis.ticker = grid.ticker = ticker
}

function source(data = {x: [], y: []}) {
  return new Bokeh.ColumnDataSource({data})
}

function frameOf(figure) {
  const {bbox} = figure.view.frame
  return {left: bbox.left, top: bbox.top, width: Math.max(bbox.width, 1), height: Math.max(bbox.height, 1)}
}

function pixelsOf(figure) {
  const {width, height} = frameOf(figure)
  return {x: (figure.x.end - figure.x.start) / width, y: (figure.y.end - figure.y.start) / height}
}

function isWhole(figure) {
  return figure.x.end - figure.x.start >= WHOLE * (figure.home.x.high - figure.home.x.low)
}

function addLine(figure, data, curve, glyph = {}) {
  const drawn = figure.plot.line({field: 'x'}, {field: 'y'}, {
    source: data, line_width: curve.width, line_dash: curve.dash, line_join: 'round', line_cap: 'butt', ...glyph,
  })
  figure.painters.push((theme, name) => { drawn.glyph.line_color = curve.colors[name] })
  return drawn
}

function addCurve(figure, data, tables) {
  const {home} = figure
  const curve = {...data, x: unpacked(data.x), y: unpacked(data.y), tableOf: tables[data.table], parts: []}
  curve.isPath = Boolean(curve.tableOf) && curve.tableOf.parameter !== null
  curve.numbers = curve.tableOf && curve.tableOf.columns[data.column]
  const whole = {x: curve.x.map((each) => each / home.x.scale), y: curve.y.map((each) => each / home.y.scale)}
  const line = source(whole), rows = source()
  curve.parts.push(addLine(figure, line, curve))
  const dots = figure.plot.scatter({field: 'x'}, {field: 'y'}, {source: rows, size: 5, marker: 'circle', line_color: null})
  figure.painters.push((theme, name) => { dots.glyph.fill_color = curve.colors[name] })
  curve.parts.push(dots)
  let shown = whole
  figure.drawers.push(() => {
    const found = curve.numbers && !isWhole(figure) ? (curve.isPath ? enlargedPath : enlarged)(figure, curve) : {line: whole, rows: {x: [], y: []}, end: false}
    curve.end = found.end || (!curve.numbers && !isWhole(figure))
    curve.isCoarse = !curve.numbers
    if (found.line !== shown) line.data = shown = found.line
    if (found.rows.x.length || rows.data.x.length) rows.data = found.rows
  })
  addMarks(figure, data.marks, curve)
  if (data.arrows) addArrows(figure, curve)
  figure.curves.push(curve)
  return curve
}

// The visible part of a curve out of its table, at about one point for two pixels, and whether the table is at its end.
function enlarged(figure, curve) {
  const {tableOf: table, numbers: column} = curve, {home} = figure, pixel = pixelsOf(figure)
  const low = figure.x.start * home.x.scale, high = figure.x.end * home.x.scale, step = pixel.x * home.x.scale
  const start = Math.max(0, placeOf(table.x, low)), stop = Math.min(table.x.length - 1, placeOf(table.x, high) + 1)
  const line = {x: [], y: []}, rows = {x: [], y: []}
  const put = (to, x, y) => { to.x.push(x / home.x.scale); to.y.push(y / home.y.scale) }
  if (stop - start > 4 * frameOf(figure).width) {
    crowded(table.x, column, start, stop, step / 2, (x, y) => put(line, x, y))
    return {line, rows, end: false}
  }
  let end = false
  for (let row = start; row <= stop; row++) {
    put(line, table.x[row], column.values[row])
    if (row == stop) break
    if (!isFinite(column.errors[row])) { put(line, table.x[row], NaN); continue }
    const width = table.x[row + 1] - table.x[row], count = Math.min(2000, Math.ceil(width / step / 2))
    for (let part = 1; part < count; part++) {
      const x = table.x[row] + (width * part) / count
      if (x > low - width / count && x < high + width / count) put(line, x, cubicAt(table, column, row, x))
    }
    const y = column.values[row] / home.y.scale
    const isSeen = y > figure.y.start - pixel.y * 50 && y < figure.y.end + pixel.y * 50
    end ||= isSeen && width > step && column.errors[row] / home.y.scale > PIXELS_OFF * pixel.y
  }
  if (end) for (let row = start; row <= stop; row++) put(rows, table.x[row], column.values[row])
  return {line, rows, end}
}

// The same of a path, whose gaps are seen where the box around their rows is.
function enlargedPath(figure, curve) {
  const {tableOf: table} = curve, {home} = figure, pixel = pixelsOf(figure), [xs, ys] = table.columns
  const line = {x: [], y: []}, rows = {x: [], y: []}
  const [low, high] = [figure.x.start, figure.x.end], [bottom, top] = [figure.y.start, figure.y.end]
  const put = (to, x, y) => { to.x.push(x / home.x.scale); to.y.push(y / home.y.scale) }
  let end = false, isOn = false
  for (let row = 0; row + 1 < table.x.length; row++) {
    const one = [xs.values[row] / home.x.scale, ys.values[row] / home.y.scale]
    const other = [xs.values[row + 1] / home.x.scale, ys.values[row + 1] / home.y.scale]
    const [wide, tall] = [Math.abs(other[0] - one[0]), Math.abs(other[1] - one[1])]
    const isSeen = isFinite(xs.errors[row]) && Math.max(one[0], other[0]) + wide > low && Math.min(one[0], other[0]) - wide < high
      && Math.max(one[1], other[1]) + tall > bottom && Math.min(one[1], other[1]) - tall < top
    if (!isSeen) {
      if (isOn) put(line, NaN, NaN)
      isOn = false
      continue
    }
    if (!isOn) put(line, xs.values[row], ys.values[row])
    isOn = true
    const length = Math.hypot(wide / pixel.x, tall / pixel.y), count = Math.min(2000, Math.ceil(length / 2))
    for (let part = 1; part <= count; part++) {
      const at = table.x[row] + ((table.x[row + 1] - table.x[row]) * part) / count
      if (part == count) put(line, xs.values[row + 1], ys.values[row + 1])
      else put(line, cubicAt(table, xs, row, at), cubicAt(table, ys, row, at))
    }
    end ||= length > 1 && Math.hypot(xs.errors[row] / home.x.scale / pixel.x, ys.errors[row] / home.y.scale / pixel.y) > PIXELS_OFF
    put(rows, xs.values[row], ys.values[row])
    put(rows, xs.values[row + 1], ys.values[row + 1])
  }
  return {line, rows: end ? rows : {x: [], y: []}, end}
}

// Of rows that lie closer than pixels: in each step the first, the lowest, the highest and the last.
function crowded(x, column, start, stop, step, put) {
  let row = start
  while (row <= stop) {
    const first = row, until = x[row] + step
    let low = row, high = row
    for (; row <= stop && x[row] < until; row++) {
      if (column.values[row] < column.values[low]) low = row
      if (column.values[row] > column.values[high]) high = row
      if (!isFinite(column.errors[row])) { row++; break }
    }
    const last = row - 1
    for (const each of [...new Set([first, low, high, last])].sort((one, other) => one - other)) put(x[each], column.values[each])
    if (!isFinite(column.errors[last])) put(x[last], NaN)
  }
}

function addMarks(figure, marks, curve) {
  const {home} = figure
  for (const kind of new Set(marks.map((mark) => mark.kind))) {
    const own = marks.filter((mark) => mark.kind == kind)
    const drawn = figure.plot.scatter({field: 'x'}, {field: 'y'}, {
      source: source({x: own.map((mark) => mark.x / home.x.scale), y: own.map((mark) => mark.y / home.y.scale)}),
      marker: MARKERS[kind] || 'circle', size: kind == 'dot' ? 6 : MARK_SIZE, line_width: 1.8,
    })
    figure.painters.push((theme, name) => {
      const color = curve ? curve.colors[name] : theme.ink
      drawn.glyph.line_color = color
      drawn.glyph.fill_color = kind == 'open' ? theme.background : color
    })
    if (curve) curve.parts.push(drawn)
  }
  for (const mark of marks) figure.tips.push({...mark, px: mark.x / home.x.scale, py: mark.y / home.y.scale, curve})
  const named = marks.filter((mark) => mark.name.text)
  addNames(figure, named.filter((mark) => mark.kind != 'minimum'), curve, {y_offset: -7, text_baseline: 'bottom'})
  addNames(figure, named.filter((mark) => mark.kind == 'minimum'), curve, {y_offset: 7, text_baseline: 'top'})
}

function addNames(figure, marks, curve, aligned) {
  if (!marks.length) return
  const {home} = figure
  const drawn = figure.plot.text({field: 'x'}, {field: 'y'}, {field: 'text'}, {
    source: new Bokeh.ColumnDataSource({data: {
      x: marks.map((mark) => mark.x / home.x.scale), y: marks.map((mark) => mark.y / home.y.scale),
      text: marks.map((mark) => plain(mark.name.text)),
    }}),
    x_offset: 8, text_font: FONT, text_font_size: '13px', background_fill_alpha: 0.75, ...aligned,
  })
  figure.painters.push((theme, name) => {
    drawn.glyph.text_color = curve ? curve.letters[name] : theme.ink
    drawn.glyph.background_fill_color = theme.background
  })
  if (curve) curve.parts.push(drawn)
}

// Heads of arrows on a path, of one size on the screen.
function addArrows(figure, curve) {
  const {home} = figure, data = source({xs: [], ys: []})
  const drawn = figure.plot.multi_line({field: 'xs'}, {field: 'ys'}, {source: data, line_width: 2, line_join: 'round'})
  figure.painters.push((theme, name) => { drawn.glyph.line_color = curve.colors[name] })
  curve.parts.push(drawn)
  figure.drawers.push(() => {
    const pixel = pixelsOf(figure), heads = {xs: [], ys: []}
    for (const [x, y, u, v] of curve.arrows) {
      const head = arrowHead(x / home.x.scale, y / home.y.scale, u / home.x.scale, v / home.y.scale, pixel, 9)
      heads.xs.push(head.x)
      heads.ys.push(head.y)
    }
    data.data = heads
  })
}

// Two strokes that meet at a point in the direction of (u, v), `size` pixels long.
function arrowHead(x, y, u, v, pixel, size) {
  const length = Math.hypot(u / pixel.x, v / pixel.y) || 1
  const along = [u / pixel.x / length, v / pixel.y / length]
  const side = (turn) => [
    x - size * pixel.x * (along[0] - turn * along[1]), y - size * pixel.y * (along[1] + turn * along[0]),
  ]
  const [one, other] = [side(0.5), side(-0.5)]
  return {x: [one[0], x, other[0]], y: [one[1], y, other[1]]}
}

function addAsymptotes(figure, asymptotes) {
  for (const each of asymptotes) {
    const span = new Bokeh.Span({
      location: each.place / (each.vertical ? figure.home.x.scale : figure.home.y.scale),
      dimension: each.vertical ? 'height' : 'width', line_dash: [2, 4], line_width: 1.3,
    })
    figure.plot.add_layout(span)
    figure.painters.push((theme) => { span.line_color = theme.grey })
  }
}

function addBands(figure, bands) {
  const {home} = figure
  for (const band of bands) {
    const data = {
      x: unpacked(band.x).map((each) => each / home.x.scale),
      low: unpacked(band.low).map((each) => each / home.y.scale), high: unpacked(band.high).map((each) => each / home.y.scale),
    }
    const drawn = figure.plot.varea({field: 'x'}, {field: 'low'}, {field: 'high'}, {
      source: new Bokeh.ColumnDataSource({data}), fill_alpha: 0.22,
    })
    figure.painters.push((theme, name) => {
      const curve = figure.curves.find((each) => each.function == band.function)
      drawn.glyph.fill_color = curve ? curve.colors[name] : theme.grey
    })
  }
}

function addDensities(figure, densities) {
  const {home} = figure
  for (const density of densities) {
    const counts = unpacked(density.counts), rows = density.rows, columns = counts.length / rows
    const top = Math.log1p(counts.reduce((one, other) => Math.max(one, other), 1))
    const shades = Float64Array.from(counts, (count) => (count ? Math.log1p(count) / top : NaN))
    const mapper = new Bokeh.LinearColorMapper({palette: ['#000000'], low: 0, high: 1, nan_color: 'rgba(0, 0, 0, 0)'})
    figure.plot.image({
      image: {value: ndarray(shades, {shape: [rows, columns], dtype: 'float64'})}, color_mapper: mapper,
      x: {value: density.x[0] / home.x.scale}, y: {value: density.y[0] / home.y.scale},
      dw: {value: (density.x[1] - density.x[0]) / home.x.scale}, dh: {value: (density.y[1] - density.y[0]) / home.y.scale},
    })
    figure.painters.push((theme) => { mapper.palette = ramp(theme.counts.slice(1), 64) })
    figure.density = {...density, values: counts, columns}
  }
}

// A palette of so many colours through those that are given.
function ramp(colors, count) {
  const parts = colors.map((color) => [1, 3, 5].map((place) => parseInt(color.slice(place, place + 2), 16)))
  return Array.from({length: count}, (_, place) => {
    const at = (place / Math.max(count - 1, 1)) * (parts.length - 1), left = Math.min(Math.floor(at), parts.length - 2)
    const mixed = parts[left].map((part, color) => Math.round(part + (parts[left + 1][color] - part) * (at - left)))
    return '#' + mixed.map((part) => part.toString(16).padStart(2, '0')).join('')
  })
}
