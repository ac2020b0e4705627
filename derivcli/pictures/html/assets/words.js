// Words: titles, the legend, special points, what is told of a point and of the zoom.

const MOST_CHIPS = 12
const MOST_DOTS = 6
const QUIET = 250 // milliseconds after which the values are read out

const KINDS = {
  closed: 'end', open: 'open point', isolated: 'isolated point', dot: '', touch: '', flat: 'critical point', degenerate: 'critical point',
  node: 'double point', start: 'start',
}

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

// Special points that get a button: dots only if they are few, since the rows of a file are dots too.
function chips(marks) {
  const special = marks.filter((mark) => mark.kind != 'dot')
  document.body.classList.toggle('marked', marks.length > 0)
  return (marks.length > MOST_DOTS ? special : marks).slice(0, MOST_CHIPS)
}

function writeMarks() {
  const own = state.rider ? chips(state.rider.marks()) : []
  element('marks').replaceChildren(...own.map((mark) => button(markText(mark), () => goTo(mark))))
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

// A name with its number, after a sign that says how sure it is.
function equation({name, text}) {
  return text.startsWith('≈') ? `${name} ${text}` : `${name} = ${text}`
}

let voice = 0
function speak(words) {
  clearTimeout(voice)
  voice = setTimeout(() => { element('spoken').textContent = words.filter(Boolean).join('; ') }, QUIET)
}

function tellZoom() {
  const [figure] = state.figures, line = element('state')
  const times = (figure.home.x.high - figure.home.x.low) / (figure.x.end - figure.x.start)
  const closest = figure.x.end - figure.x.start < 1.01 * narrowest(figure.home.x)
  const atEnd = state.figures.some((each) => each.curves.some((curve) => curve.end && !curve.isCoarse && curve.parts[0].visible))
  const coarse = times > 4 && state.figures.some((each) => each.isCoarse || each.curves.some((curve) => curve.end && curve.isCoarse))
  const isField = state.figures.some((each) => each.isCoarse)
  const words = times > 1.02 ? [`Enlarged ${times < 10 ? number(times, 2) : times < 1e6 ? Math.round(times).toLocaleString('en') : number(times, 2)} times.`] : []
  if (closest) words.push('No closer: this is the end of the zoom.')
  else if (atEnd) words.push('The embedded numbers end here: the dots are computed, the line between them is not.')
  else if (coarse) words.push(isField ? 'Nothing finer is embedded: numbers between the grid’s points are interpolated.' : 'Nothing finer is embedded: this is the whole picture’s drawing, enlarged.')
  line.textContent = words.join(' ')
  line.className = closest || atEnd || coarse ? 'end' : ''
}

function densityAt({figure, x, y}) {
  const {density, home} = figure
  const column = Math.floor(((x * home.x.scale - density.x[0]) / (density.x[1] - density.x[0])) * density.columns)
  const row = Math.floor(((y * home.y.scale - density.y[0]) / (density.y[1] - density.y[0])) * density.rows)
  const count = column >= 0 && row >= 0 && column < density.columns && row < density.rows && density.values[row * density.columns + column]
  return count ? `${count.toLocaleString('en')} ${count == 1 ? 'point' : 'points'}${density.name.text && ' of ' + density.name.text} here` : ''
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

function planeTip(figure, {point: [x, y, z], slopes, name}) {
  const {home} = figure
  return {
    x, y, px: x / home.x.scale, py: y / home.y.scale, kind: 'touch', curve: null,
    name: {text: name.text || `tangent plane at (${number(x, 6)}, ${number(y, 6)}, ${number(z, 6)})`},
    tip: `slopes ${number(slopes[0], 6)} and ${number(slopes[1], 6)}`,
  }
}
