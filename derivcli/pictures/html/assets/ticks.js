// Ticks: at multiples of pi where an axis is measured in turns, else where Bokeh puts them.

const TURNS = [1 / 12, 1 / 6, 1 / 4, 1 / 2, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

function turnText(twelfths) {
  if (twelfths == 0) return '0'
  const divisor = [12, 6, 4, 3, 2, 1].find((each) => twelfths % each == 0)
  const above = Math.abs(twelfths / divisor), below = 12 / divisor
  return (twelfths < 0 ? '−' : '') + (above == 1 ? '' : above) + 'π' + (below == 1 ? '' : '/' + below)
}

// At most so many ticks at multiples of pi, with their texts, or null where the range is too narrow for them.
function turnTicks(low, high, most) {
  const step = TURNS.find((each) => (high - low) / (each * Math.PI) <= most)
  if (!step || (high - low) / (step * Math.PI) < 1.5) return null
  const ticks = [], texts = new Map()
  for (let turn = Math.ceil(low / (step * Math.PI)); turn * step * Math.PI <= high; turn++) {
    const place = turn * step * Math.PI
    ticks.push(place)
    texts.set(place, turnText(Math.round(turn * step * 12)))
  }
  return {ticks, texts}
}

