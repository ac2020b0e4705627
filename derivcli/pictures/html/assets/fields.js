// Fields: regions between levels, lines at them, arrows at places on the screen, and what a grid says between its points.

function gridOf(data, names) {
  const grid = {x: unpacked(data.gridX), y: unpacked(data.gridY)}
  for (const name of names) grid[name] = unpacked(data[name])
  return grid
}

// The weights of four neighbours in a row, and of their slopes, at a part of the way from the second to the third.
function weights(part) {
  const t = part, t2 = t * t, t3 = t2 * t
  return {
    value: [(-t3 + 2 * t2 - t) / 2, (3 * t3 - 5 * t2 + 2) / 2, (-3 * t3 + 4 * t2 + t) / 2, (t3 - t2) / 2],
    slope: [(-3 * t2 + 4 * t - 1) / 2, (9 * t2 - 10 * t) / 2, (-9 * t2 + 8 * t + 1) / 2, (3 * t2 - 2 * t) / 2],
  }
}

// The number of a grid at a point with its slopes, by cubics through the points around it; nan where one is missing.
function onGrid(grid, numbers, x, y) {
  const wide = grid.x.length, column = Math.min(placeOf(grid.x, x), wide - 2), row = Math.min(placeOf(grid.y, y), grid.y.length - 2)
  if (column < 0 || row < 0 || x > grid.x[column + 1] || y > grid.y[row + 1]) return {value: NaN, slopes: [NaN, NaN]}
  const width = grid.x[column + 1] - grid.x[column], height = grid.y[row + 1] - grid.y[row]
  const across = weights((x - grid.x[column]) / width), up = weights((y - grid.y[row]) / height)
  const known = (right, above) => numbers[(row + above) * wide + column + right]
  // Beyond an edge, or where a number is missing, a straight line goes on.
  const line = (get) => {
    const [b, c] = [get(0), get(1)], [a, d] = [get(-1), get(2)]
    return [isFinite(a) ? a : 2 * b - c, b, c, isFinite(d) ? d : 2 * c - b]
  }
  const inRow = (above) => line((right) => (column + right < 0 || column + right >= wide ? NaN : known(right, above)))
  const sum = (own, four) => own.reduce((total, weight, place) => total + weight * four[place], 0)
  const rows = new Map([-1, 0, 1, 2].map((above) => [above, row + above < 0 || row + above >= grid.y.length ? null : inRow(above)]))
  const upwards = (own) => line((above) => (rows.get(above) ? sum(own, rows.get(above)) : NaN))
  const values = upwards(across.value), value = sum(up.value, values)
  const [right, above] = [(x - grid.x[column]) / width, (y - grid.y[row]) / height]
  const plain = (known(0, 0) * (1 - right) + known(1, 0) * right) * (1 - above) + (known(0, 1) * (1 - right) + known(1, 1) * right) * above
  return {
    value, error: Math.abs(value - plain) / 8, // of a smooth function this is far more than cubics miss
    slopes: [sum(up.value, upwards(across.slope)) / width, sum(up.slope, values) / height],
  }
}

// A colour for each region between levels; those of both signs differ, and go as far as there are regions.
function levelColors(field, theme) {
  const count = field.edges.length - 1, levels = field.edges.slice(1, -1)
  const isSigned = count > 1 && levels[0] < 0 && levels[levels.length - 1] > 0
  const colors = ramp(isSigned ? theme.signs : theme.slopes, 256), at = (part) => colors[Math.round(part * 255)]
  if (!isSigned) return Array.from({length: count}, (_, place) => at(count > 1 ? place / (count - 1) : 0.5))
  const below = field.edges.slice(1).filter((edge) => edge <= 0).length, above = field.edges.slice(0, -1).filter((edge) => edge >= 0).length
  const most = Math.max(below, above)
  return Array.from({length: count}, (_, place) => {
    const step = place < below ? place - below + 0.4 : place >= count - above ? place - (count - above) + 0.6 : 0
    return at(0.5 + (0.5 * step) / most)
  })
}

const LABELS = {text_font: 'system-ui, sans-serif', text_font_size: '12px', text_align: 'center', text_baseline: 'middle', background_fill_alpha: 0.75}

function addContours(figure, field, isBehind) {
  const {home} = figure, x = (line) => unpacked(line.x).map((each) => each / home.x.scale)
  const y = (line) => unpacked(line.y).map((each) => each / home.y.scale), whole = []
  field.regions.forEach((polygons, place) => {
    const drawn = figure.plot.multi_polygons({field: 'xs'}, {field: 'ys'}, {
      source: source({xs: polygons.map((rings) => [rings.map(x)]), ys: polygons.map((rings) => [rings.map(y)])}),
      line_width: 0.6, fill_alpha: isBehind ? 0.6 : 1, line_alpha: isBehind ? 0 : 1,
    })
    whole.push(drawn)
    figure.painters.push((theme) => { drawn.glyph.fill_color = drawn.glyph.line_color = levelColors(field, theme)[place] })
  })
  const lines = field.lines.flatMap((level) => level.lines)
  const drawn = figure.plot.multi_line({field: 'xs'}, {field: 'ys'}, {
    source: source({xs: lines.map(x), ys: lines.map(y)}), line_width: 1, line_alpha: isBehind ? 0.35 : 0.65,
  })
  const labels = figure.plot.text({field: 'x'}, {field: 'y'}, {field: 'text'}, {
    source: source({
      x: field.labels.map((each) => each.x / home.x.scale), y: field.labels.map((each) => each.y / home.y.scale),
      text: field.labels.map((each) => number(each.level, 4)),
    }),
    ...LABELS,
  })
  figure.painters.push((theme) => {
    drawn.glyph.line_color = labels.glyph.text_color = theme.ink
    labels.glyph.background_fill_color = theme.background
  })
  figure.field = {...field, grid: gridOf(field, ['z'])}
  addEnlarged(figure, field, [...whole, drawn, labels], isBehind)
}

// Arrows of a field of vectors, anew for what is seen: about one for 44 pixels, the longest as long as that.
function addVectors(figure, data) {
  const {home} = figure, grid = gridOf(data, ['u', 'v']), arrows = source({xs: [], ys: []})
  const drawn = figure.plot.multi_line({field: 'xs'}, {field: 'ys'}, {source: arrows, line_width: 1.4, line_join: 'round'})
  figure.painters.push((theme) => { drawn.glyph.line_color = theme.ink })
  if (figure.panel.kind == 'vectors') figure.vectors = grid
  figure.drawers.push(() => {
    const {width, height} = frameOf(figure), pixel = pixelsOf(figure), gap = Math.max(26, Math.min(44, width / 14)), found = []
    for (let right = gap / 2; right < width; right += gap) {
      for (let up = gap / 2; up < height; up += gap) {
        const x = figure.x.start + right * pixel.x, y = figure.y.start + up * pixel.y
        const u = onGrid(grid, grid.u, x * home.x.scale, y * home.y.scale).value / home.x.scale
        const v = onGrid(grid, grid.v, x * home.x.scale, y * home.y.scale).value / home.y.scale
        const length = Math.hypot(u / pixel.x, v / pixel.y)
        if (length > 0 && isFinite(length)) found.push({x, y, u, v, length})
      }
    }
    const longest = found.map((each) => each.length).sort((one, other) => one - other)[Math.floor(found.length * 0.95)] || 1
    const strokes = {xs: [], ys: []}
    for (const {x, y, u, v, length} of found) {
      const size = Math.max(7, gap * 0.9 * Math.min(1, length / longest)) / length / 2
      const [dx, dy] = [u * size, v * size]
      const head = arrowHead(x + dx, y + dy, u, v, pixel, 5)
      strokes.xs.push([x - dx, x + dx], head.x)
      strokes.ys.push([y - dy, y + dy], head.y)
    }
    arrows.data = strokes
  })
}
