// Numbers: out of the page's data, between the rows of a table, and as text.

function unpacked(text) {
  const bytes = Uint8Array.from(atob(text.slice(1)), (letter) => letter.charCodeAt(0))
  return text[0] == 's' ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer)
}

// The place of the last number that is not above x, in an ascending array.
function placeOf(numbers, x) {
  let low = 0, high = numbers.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (numbers[middle] <= x) low = middle + 1
    else high = middle
  }
  return low - 1
}

function nearestPlace(numbers, x) {
  const before = placeOf(numbers, x)
  if (before < 0) return 0
  if (before + 1 >= numbers.length) return numbers.length - 1
  return x - numbers[before] <= numbers[before + 1] - x ? before : before + 1
}

// The slopes of a column: its derivative's values, or those of parabolas through three neighbours.
function slopesOf(table, column) {
  if (column.slope >= 0) return table.columns[column.slope].values
  const {x} = table, y = column.values, found = new Float64Array(x.length)
  const chord = (gap) =>
    gap < 0 || gap >= x.length - 1 || !isFinite(column.errors[gap]) ? NaN : (y[gap + 1] - y[gap]) / (x[gap + 1] - x[gap])
  for (let row = 0; row < x.length; row++) {
    const before = chord(row - 1), after = chord(row)
    const left = x[row] - x[row - 1], right = x[row + 1] - x[row]
    const middle = (before * right + after * left) / (left + right)
    found[row] = isFinite(middle) ? middle : isFinite(before) ? before : after
  }
  return found
}

// The cubic over a gap through both rows with their slopes; a line where one is not known, nan where nothing joins.
function cubicAt(table, column, gap, x) {
  if (!isFinite(column.errors[gap])) return NaN
  const left = table.x[gap], width = table.x[gap + 1] - left, part = (x - left) / width, back = 1 - part
  const first = column.values[gap], last = column.values[gap + 1], chord = (last - first) / width
  let start = column.slopes[gap], end = column.slopes[gap + 1]
  if (!isFinite(start) || !isFinite(end)) start = end = chord
  return first * back + last * part + part * back * width * ((start - chord) * back - (end - chord) * part)
}

const ROUND = 6 // digits of an x that is worth pointing at where none has a verdict

// `judged` are the rows with a verdict; where there is none, those whose x is short.
function prepareTable(data) {
  const table = {...data, x: unpacked(data.x)}
  table.columns = data.columns.map((column) => ({...column, values: unpacked(column.values), errors: unpacked(column.errors)}))
  for (const column of table.columns) column.slopes = slopesOf(table, column)
  const isJudged = table.texts.some(Boolean), isRound = (x) => Number(x.toPrecision(ROUND)) == x
  const rows = Array.from(table.x.keys())
  table.judged = rows.filter((row) => (isJudged ? table.texts[table.verdicts[row]] : isRound(table.x[row])))
  table.judgedX = Float64Array.from(table.judged, (row) => table.x[row])
  return table
}

function number(value, digits = 12) {
  if (Number.isNaN(value)) return 'none'
  if (!isFinite(value)) return value > 0 ? 'inf' : '-inf'
  const text = value.toPrecision(Math.min(17, Math.max(1, digits)))
  const [mantissa, exponent] = text.split('e')
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa
  if (exponent) return short + 'e' + exponent.replace('+', '')
  const size = Math.abs(value)
  return size != 0 && size < 1e-5 ? value.toExponential(Math.max(0, Math.min(16, digits - 1))).replace(/\.?0+e/, 'e') : short
}

// A number that is known with an error: as many digits as that leaves, after a sign that says so.
function rough(value, error, most = 10) {
  if (!isFinite(value)) return number(value)
  const left = error > 0 ? Math.floor(Math.log10(Math.abs(value) / error)) : most
  return '≈ ' + number(value, Math.max(1, Math.min(most, left)))
}

// So many digits of x as tell two points apart that are `step` from each other.
function placed(x, step) {
  const digits = Math.ceil(Math.log10(Math.max(Math.abs(x), step) / step)) + 2
  return Number(x.toPrecision(Math.min(17, Math.max(3, digits))))
}

function niceStep(width) {
  const power = 10 ** Math.floor(Math.log10(width))
  return [1, 2, 5, 10].map((each) => each * power).find((each) => each >= width * 0.999)
}
