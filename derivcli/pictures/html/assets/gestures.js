// Gestures: what a pointer, a finger and keys do.

const HOLDS = {mouse: 14, pen: 18, touch: 30} // pixels around the point in which it is taken hold of
const TIP_REACH = 10

const STEPS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]}

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
