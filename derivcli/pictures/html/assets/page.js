// The page: its figures, the point, and what a reader does with them.

const data = JSON.parse(document.getElementById('data').textContent)
const element = (id) => document.getElementById(id)
const graph = element('graph'), tip = element('tip')
const tables = data.tables.map(prepareTable)
const dark = matchMedia('(prefers-color-scheme: dark)')
const HOLDS = {mouse: 14, pen: 18, touch: 30} // pixels around the point in which it is taken hold of
const TIP_REACH = 10
const MOST_CHIPS = 12
const GAP = 10 // pixels between the parts of the page
const QUIET = 250 // milliseconds after which the values are read out

const state = {figures: [], riders: [], rider: null, at: null, found: null, themeName: '', drags: null, isFine: false}

function svg(tag, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made
}

function svgLine(curve) {
  const made = svg('svg', {width: 30, height: 8, 'aria-hidden': 'true'})
  const line = svg('line', {x1: 0, x2: 30, y1: 4, y2: 4, 'stroke-width': curve.width, 'stroke-dasharray': curve.dash.join(' ')})
  made.append(line)
  return {made, line}
}

// A title as its outline, which is read out as its text.
function titleOf({text, path, box}) {
  const line = document.createElement('span')
  if (!path) {
    line.textContent = text
    return line
  }
  const [left, top, width, height] = box
  const made = svg('svg', {
    viewBox: `${left - 1} ${top - 1} ${width + 2} ${height + 2}`, width: width + 2, height: height + 2, role: 'img', 'aria-label': text,
  })
  made.append(svg('path', {d: path}))
  line.append(made)
  return line
}

function button(text, act) {
  const made = document.createElement('button')
  made.type = 'button'
  made.append(text)
  made.addEventListener('click', act)
  return made
}

function writeWords() {
  for (const name of data.titles) element('titles').append(titleOf(name))
  for (const note of data.notes) {
    const line = document.createElement('li')
    line.textContent = note
    element('notes').append(line)
  }
  element('description').textContent = data.description
  graph.setAttribute('aria-label', `Graph of ${data.titles.map((name) => name.text).join(', ')}`)
}

function writeLegend() {
  const curves = state.figures.flatMap((figure) => figure.curves.filter((curve) => curve.role != 'tangent'))
  if (curves.length < 2) return
  for (const curve of curves) {
    const {made, line} = svgLine(curve)
    const entry = button(made, () => {
      const isShown = entry.getAttribute('aria-pressed') != 'true'
      entry.setAttribute('aria-pressed', String(isShown))
      for (const part of curve.parts) part.visible = isShown
    })
    entry.append(curve.name.text)
    entry.setAttribute('aria-pressed', 'true')
    state.figures[0].painters.push((theme, name) => line.setAttribute('stroke', curve.colors[name]))
    element('legend').append(entry)
  }
}

function writeMarks() {
  const own = state.rider ? state.rider.marks().slice(0, MOST_CHIPS) : []
  element('marks').replaceChildren(...own.map((mark) => button(markText(mark), () => goTo(mark))))
}

const KINDS = {
  closed: 'end', open: 'open point', isolated: 'isolated point', dot: '', touch: '', flat: 'critical point', degenerate: 'critical point',
  node: 'double point', start: 'start',
}

function markText(mark) {
  if (mark.kind == 'touch' && mark.curve) return `tangent ${mark.curve.name.text}`
  const kind = KINDS[mark.kind] ?? mark.kind
  if (mark.kind == 'jump') return `jump at ${number(mark.x, 6)}`
  const name = mark.name.text || `(${number(mark.x, 6)}, ${number(mark.y, 6)})`
  if (name.startsWith(kind)) return name == kind ? `${kind} (${number(mark.x, 6)}, ${number(mark.y, 6)})` : name
  return `${kind}${name[0] == '(' ? '' : ':'} ${name}`
}

function goTo(mark) {
  show(state.rider.ofMark(mark))
  keepInView()
}

// The tangent lies below the curves, the point above all.
function addTangent(figure) {
  figure.tangent = source()
  const line = figure.plot.line({field: 'x'}, {field: 'y'}, {source: figure.tangent, line_width: 1.6})
  figure.painters.push((theme) => { line.glyph.line_color = theme.ink })
}

function addPoint(figure) {
  const dots = source(), hover = source()
  const ring = figure.plot.scatter({field: 'x'}, {field: 'y'}, {source: hover, size: 9, line_width: 1.5, fill_alpha: 0})
  const point = figure.plot.scatter({field: 'x'}, {field: 'y'}, {source: dots, size: 13, line_width: 2.5})
  figure.painters.push((theme) => {
    ring.glyph.line_color = point.glyph.fill_color = theme.ink
    point.glyph.line_color = theme.background
  })
  Object.assign(figure, {dots, hover})
}

// A name with its number, after a sign that says how sure it is.
function equation({name, text}) {
  return text.startsWith('≈') ? `${name} ${text}` : `${name} = ${text}`
}

// Puts the point at a place of its rider, or at what is known beside it unless a fine step asks for the place itself.
function show(at, isFine = false) {
  const {rider} = state
  if (!rider) return
  state.isFine = isFine
  state.found = rider.read(rider.clamp(at), isFine)
  state.at = state.found.at ?? rider.clamp(at)
  drawPoint()
  const words = rider.words(state.found)
  const parts = words.map((word) => {
    const part = document.createElement('span')
    part.textContent = equation(word)
    return part
  })
  if (state.found.verdict) {
    const verdict = document.createElement('span')
    verdict.className = 'verdict'
    verdict.textContent = state.found.verdict
    parts.push(verdict)
  }
  element('reading').replaceChildren(...parts)
  speak([state.riders.length > 1 ? rider.name : '', ...words.map(({name, text}) => `${name} is ${text}`), state.found.verdict])
}

let voice = 0
function speak(words) {
  clearTimeout(voice)
  voice = setTimeout(() => { element('spoken').textContent = words.filter(Boolean).join('; ') }, QUIET)
}

function drawPoint() {
  const {rider, found} = state
  for (const figure of state.figures) {
    const own = found.dots.filter((dot) => dot.figure == figure && isFinite(dot.y))
    figure.dots.data = {x: own.map((dot) => dot.x), y: own.map((dot) => dot.y)}
    const line = figure == rider.figure && rider.tangent(found)
    figure.tangent.data = line || {x: [], y: []}
  }
}

function choose(place) {
  const {length} = state.riders
  const before = state.rider
  state.rider = state.riders[(place + length) % length]
  writeMarks()
  if (before && before.lines.length && state.rider.at(0) === 0 && before.at(0) === 0) return show(state.at)
  show(state.rider.start())
}

// All that depends on the ranges, once for each frame.
let waiting = 0
function redraw() {
  waiting ||= requestAnimationFrame(() => {
    waiting = 0
    align()
    for (const figure of state.figures) for (const draw of figure.drawers) draw()
    if (state.rider) show(state.at, state.isFine)
    tellZoom()
  })
}

// Frames that share an axis begin below each other.
function align() {
  const left = Math.ceil(Math.max(...state.figures.map((figure) => frameOf(figure).left)))
  for (const figure of state.figures) if (frameOf(figure).left < left - 1) figure.plot.min_border_left = left
}

function tellZoom() {
  const [figure] = state.figures, line = element('state')
  const times = (figure.home.x.high - figure.home.x.low) / (figure.x.end - figure.x.start)
  const closest = figure.x.end - figure.x.start < 1.01 * narrowest(figure.home.x)
  const atEnd = state.figures.some((each) => each.curves.some((curve) => curve.end && !curve.isCoarse && curve.parts[0].visible))
  const coarse = times > 4 && state.figures.some((each) => each.isCoarse || each.curves.some((curve) => curve.end && curve.isCoarse))
  const isField = state.figures.some((each) => each.isCoarse)
  const words = times > 1.02 ? [`Enlarged ${number(times, times < 10 ? 2 : 3)} times.`] : []
  if (closest) words.push('No closer: this is the end of the zoom.')
  else if (atEnd) words.push('The embedded numbers end here: the dots are computed, the line between them is not.')
  else if (coarse) words.push(isField ? 'Nothing finer is embedded: numbers between the grid’s points are interpolated.' : 'Nothing finer is embedded: this is the whole picture’s drawing, enlarged.')
  line.textContent = words.join(' ')
  line.className = closest || atEnd || coarse ? 'end' : ''
}

function place(figure, event) {
  const box = figure.view.el.getBoundingClientRect(), frame = frameOf(figure)
  const right = event.clientX - box.left - frame.left, down = event.clientY - box.top - frame.top
  return {
    right, down, isInside: right >= 0 && down >= 0 && right <= frame.width && down <= frame.height,
    x: figure.view.frame.x_scale.invert(right + frame.left), y: figure.view.frame.y_scale.invert(down + frame.top),
  }
}

function under(event) {
  for (const figure of state.figures) {
    const spot = place(figure, event)
    if (spot.isInside) return {figure, ...spot}
  }
  return null
}

function away(figure, spot, x, y) {
  const {frame} = figure.view, {left, top} = frameOf(figure)
  return Math.hypot(frame.x_scale.compute(x) - left - spot.right, frame.y_scale.compute(y) - top - spot.down)
}

function isHeld(event) {
  const spot = under(event)
  if (!spot || !state.found) return null
  const own = state.found.dots.filter((dot) => dot.figure == spot.figure && isFinite(dot.y))
  const reach = HOLDS[event.pointerType] || HOLDS.mouse
  return own.some((dot) => away(spot.figure, spot, dot.x, dot.y) <= reach) ? spot.figure : null
}

function nearestRider(spot) {
  const found = state.riders.map((rider) => ({rider, ...rider.nearest(spot.x, spot.y, spot.figure)}))
    .filter((each) => each.found && (!each.rider.curve || each.rider.curve.parts[0].visible))
  return found.sort((one, other) => one.away - other.away)[0]
}

function hover(event) {
  const spot = under(event)
  for (const figure of state.figures) if (figure.hover.data.x.length) figure.hover.data = {x: [], y: []}
  tip.hidden = true
  if (!spot || state.drags) return
  const mark = spot.figure.tips.find((each) => away(spot.figure, spot, each.px, each.py) <= TIP_REACH)
  const found = nearestRider(spot)
  const lines = []
  if (mark) lines.push([markText(mark), 'mark'], ...(mark.tip ? [[mark.tip, 'mark']] : []))
  const density = spot.figure.density && densityAt(spot)
  if (density) lines.push([density, ''])
  if (found && !density) {
    if (state.riders.length > 1) lines.push([found.rider.name, 'name'])
    lines.push(...found.rider.words(found.found).map((word) => [equation(word), '']))
    if (found.found.verdict) lines.push([found.found.verdict, 'verdict'])
    if (found.there && isFinite(found.there.y)) spot.figure.hover.data = {x: [found.there.x], y: [found.there.y]}
  }
  if (lines.length) placeTip(event, lines)
}

function densityAt({figure, x, y}) {
  const {density, home} = figure
  const column = Math.floor(((x * home.x.scale - density.x[0]) / (density.x[1] - density.x[0])) * density.columns)
  const row = Math.floor(((y * home.y.scale - density.y[0]) / (density.y[1] - density.y[0])) * density.rows)
  const count = column >= 0 && row >= 0 && column < density.columns && row < density.rows && density.values[row * density.columns + column]
  return count ? `${count.toLocaleString('en')} ${count == 1 ? 'point' : 'points'} of ${density.name.text}` : ''
}

function placeTip(event, lines) {
  tip.replaceChildren(...lines.map(([text, kind]) => {
    const line = document.createElement('div')
    line.className = kind
    line.textContent = text
    return line
  }))
  tip.hidden = false
  const {width, height} = tip.getBoundingClientRect()
  const left = event.clientX + 16 + width > innerWidth ? event.clientX - 16 - width : event.clientX + 16
  const top = event.clientY + 16 + height > innerHeight ? event.clientY - 16 - height : event.clientY + 16
  tip.style.left = `${Math.max(4, left)}px`
  tip.style.top = `${Math.max(4, top)}px`
}

function drag(event) {
  const spot = {...place(state.drags, event), figure: state.drags}
  const {rider} = state
  if (rider.isFree || isNaN(rider.at(0))) return show(rider.nearest(spot.x, spot.y, spot.figure).at)
  show(rider.at(spot.x))
}

function listenToPointers() {
  let pressed = null
  graph.addEventListener('pointerdown', (event) => {
    graph.focus({preventScroll: true, focusVisible: false})
    if (event.button) return
    state.drags = isHeld(event)
    pressed = {x: event.clientX, y: event.clientY}
    if (!state.drags) return
    event.stopPropagation()
    event.preventDefault()
    tip.hidden = true
    graph.classList.add('drags')
  }, true)
  addEventListener('pointermove', (event) => {
    if (state.drags) { event.preventDefault(); return drag(event) }
    if (!graph.contains(event.target)) { tip.hidden = true; return }
    graph.classList.toggle('holds', Boolean(isHeld(event)))
    if (event.pointerType == 'mouse' || !event.buttons) hover(event)
  }, true)
  addEventListener('pointerup', (event) => {
    const isClick = pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < 5
    if (!state.drags && isClick && graph.contains(event.target)) {
      const spot = under(event), found = spot && nearestRider(spot)
      if (found) {
        if (found.rider != state.rider) choose(state.riders.indexOf(found.rider))
        show(found.at)
      }
    }
    pressed = null
    state.drags = null
    graph.classList.remove('drags')
  }, true)
  addEventListener('pointercancel', () => { pressed = state.drags = null })
  graph.addEventListener('pointerleave', () => { tip.hidden = true })
}

// The ranges around the point, `times` as long as they were.
function zoom(times) {
  const {found, figures} = state
  for (const figure of new Set([...figures])) {
    const dot = found && found.dots.find((each) => each.figure == figure && isFinite(each.y))
    for (const axis of figure == figures[0] ? ['x', 'y'] : ['y']) {
      const range = figure[axis], isInView = dot && dot[axis] >= range.start && dot[axis] <= range.end
      stretch(range, isInView ? dot[axis] : null, times, figure.panel[axis].logarithmic, figure.home[axis])
    }
  }
}

function stretch(range, center, times, isLogarithmic, home) {
  const [to, from] = isLogarithmic ? [Math.log, Math.exp] : [(each) => each, (each) => each]
  const [start, end] = [to(range.start), to(range.end)], middle = center === null ? (start + end) / 2 : to(center)
  const whole = to(home.high) - to(home.low)
  if (!isLogarithmic) times = Math.max(times, narrowest(home) / (end - start))
  if ((end - start) * times > whole * OVER) return setRange(range, home.low, home.high)
  setRange(range, from(middle + (start - middle) * times), from(middle + (end - middle) * times))
}

function setRange(range, start, end) {
  range.setv({start, end})
}

function fitSize([width, height]) {
  document.querySelector('main').style.maxWidth = `${width}px`
  Object.assign(graph.style, {flex: '0 0 auto', height: `${height}px`})
}

// Makes each figure as wide and high as one scale on both axes wants, within the room that there is.
function square() {
  const others = [...graph.parentElement.children].filter((each) => each != graph)
  const left = innerHeight - others.reduce((sum, each) => sum + each.offsetHeight + GAP, 2 * GAP)
  const most = Math.max(280, left / state.figures.length)
  graph.style.flex = '0 0 auto'
  for (const {room, view, home} of state.figures) {
    const frame = view.frame.bbox, [right, down] = [room.clientWidth - frame.width, room.clientHeight - frame.height]
    const [wide, high] = [home.x.high - home.x.low, home.y.high - home.y.low]
    const scale = Math.min((graph.clientWidth - right) / wide, (most - down) / high)
    const size = {width: `${Math.floor(wide * scale + right)}px`, height: `${Math.floor(high * scale + down)}px`}
    Object.assign(room.style, {flex: 'none', minHeight: 0, margin: '0 auto', ...size})
  }
}

function reset() {
  for (const figure of state.figures) {
    const {x, y} = figure.home
    setRange(figure.x, x.low, x.high)
    setRange(figure.y, y.low, y.high)
  }
}

function keepInView() {
  for (const dot of state.found.dots) {
    for (const axis of ['x', 'y']) {
      const range = dot.figure[axis], wide = range.end - range.start
      if (!isFinite(dot[axis]) || dot.figure.panel[axis].logarithmic) continue
      if (dot[axis] < range.start || dot[axis] > range.end) {
        if (dot.figure != state.rider.figure && axis == 'x') continue
        setRange(range, dot[axis] - wide / 2, dot[axis] + wide / 2)
      }
    }
  }
}

function nextMark(turn) {
  const {rider, at} = state, marks = rider.marks()
  if (!marks.length) return
  const places = marks.map((mark) => (rider.isFree ? marks.indexOf(mark) : rider.ofMark(mark)))
  const now = rider.isFree ? (state.mark ?? -1) : at
  const order = [...new Set(places)].sort((one, other) => one - other)
  const next = turn > 0 ? order.find((each) => each > now + 1e-12) : order.reverse().find((each) => each < now - 1e-12)
  if (next === undefined) return
  state.mark = next
  goTo(marks[places.indexOf(next)])
}

const STEPS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || !state.rider) return
  const {rider, riders} = state
  const step = STEPS[event.key]
  if (step && step[1] && !rider.isFree) {
    if (riders.length < 2) return
    choose(riders.indexOf(rider) - step[1])
    keepInView()
  } else if (step) {
    show(rider.moved(state.at, step[0], step[1], event.shiftKey), event.shiftKey)
    keepInView()
  } else if (event.key == '+' || event.key == '=') zoom(0.5)
  else if (event.key == '-' || event.key == '_') zoom(2)
  else if (event.key == '0') reset()
  else if (event.key == 'PageUp' || event.key == 'PageDown') nextMark(event.key == 'PageDown' ? 1 : -1)
  else return
  tip.hidden = true
  event.preventDefault()
}

function paint(name) {
  const theme = data.themes[name]
  state.themeName = name
  const {style} = document.documentElement
  for (const part of ['background', 'ink', 'grey', 'pale']) style.setProperty(`--${part}`, theme[part])
  style.colorScheme = name == 'dark' ? 'dark' : 'light'
  style.setProperty('--focus', name == 'dark' ? '#8fd0f2' : '#0072b2')
  for (const figure of state.figures) for (const each of figure.painters) each(theme, name)
  const other = name == 'dark' ? 'light' : 'dark'
  element('theme').textContent = other == 'dark' ? 'Dark' : 'Light'
  element('theme').setAttribute('aria-label', `Switch to ${other} colours`)
}

function lightName() {
  return data.theme == 'print' ? 'print' : 'light'
}

function listenToThemes() {
  let chosen = data.theme == 'dark' ? 'dark' : ''
  const follow = () => paint(chosen || (dark.matches ? 'dark' : lightName()))
  dark.addEventListener('change', follow)
  element('theme').addEventListener('click', () => {
    chosen = state.themeName == 'dark' ? lightName() : 'dark'
    follow()
  })
  follow()
}

function build(panel, shared, isLast) {
  const figure = makeFigure(panel, shared, isLast)
  if (panel.field) addContours(figure, panel.field, panel.kind == 'vectors')
  if (panel.kind == 'curves') {
    addDensities(figure, panel.densities)
    addBands(figure, panel.bands)
    addAsymptotes(figure, panel.asymptotes)
  }
  if (panel.field && panel.field.arrows) addVectors(figure, panel.field.arrows)
  if (panel.vectors) addVectors(figure, panel.vectors)
  addTangent(figure)
  for (const curve of panel.curves) addCurve(figure, curve, tables)
  for (const plane of panel.planes || []) figure.tips.push(planeTip(figure, plane))
  addMarks(figure, panel.marks, null)
  addPoint(figure)
  return figure
}

async function start() {
  writeWords()
  const shared = range(ends(data.panels[0].x), data.panels[0].x)
  state.figures = data.panels.map((panel, place) => build(panel, shared, place == data.panels.length - 1))
  writeLegend()
  graph.classList.toggle('whole', data.panels.length == 1)
  listenToThemes()
  await draw()
  if (data.equal) square()
  if (data.size) fitSize(data.size)
  state.riders = ridersOf(state.figures, tables)
  document.body.classList.toggle('several', state.riders.length > 1 && !state.riders[0].isFree)
  if (state.riders.length) choose(0)
  for (const range of new Set(state.figures.flatMap((figure) => [figure.x, figure.y]))) range.change.connect(redraw)
  new ResizeObserver(() => { if (data.equal) square(); redraw() }).observe(graph)
  listenToPointers()
  graph.addEventListener('keydown', onKey)
  element('in').addEventListener('click', () => zoom(0.5))
  element('out').addEventListener('click', () => zoom(2))
  element('home').addEventListener('click', reset)
  redraw()
  document.documentElement.dataset.ready = 'yes'
}

function planeTip(figure, {point: [x, y, z], slopes, name}) {
  const {home} = figure
  return {
    x, y, px: x / home.x.scale, py: y / home.y.scale, kind: 'touch', curve: null,
    name: {text: name.text || `tangent plane at (${number(x, 6)}, ${number(y, 6)}, ${number(z, 6)})`},
    tip: `slopes ${number(slopes[0], 6)} and ${number(slopes[1], 6)}`,
  }
}

// All figures belong to one document, since they share a range.
async function draw() {
  const drawn = new Bokeh.Document(), rooms = state.figures.map(() => document.createElement('div'))
  graph.append(...rooms)
  drawn.config.notifications = null // it would take room in the graph
  for (const figure of state.figures) drawn.add_root(figure.plot)
  const views = await Bokeh.embed.add_document_standalone(drawn, graph, rooms)
  state.figures.forEach((figure, place) => Object.assign(figure, {view: views.get(figure.plot), room: rooms[place]}))
  rooms.forEach(hideFromTab)
}

// Bokeh's own elements take no focus: the graph around them has it, with keys of its own.
function hideFromTab(room) {
  const open = [room]
  while (open.length) {
    const each = open.pop()
    if (each.tabIndex >= 0 && each != room) each.tabIndex = -1
    open.push(...each.children, ...(each.shadowRoot ? each.shadowRoot.children : []))
  }
}

start()
