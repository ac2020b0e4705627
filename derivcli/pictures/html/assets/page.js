// The page: its figures, the point, and what a reader does with them.

const data = JSON.parse(document.getElementById('data').textContent)
const element = (id) => document.getElementById(id)
const graph = element('graph'), tip = element('tip')
const tables = data.tables.map(prepareTable)
const dark = matchMedia('(prefers-color-scheme: dark)')
const GAP = 10 // pixels between the parts of the page

const state = {figures: [], riders: [], rider: null, at: null, found: null, themeName: '', drags: null, isFine: false}

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
