/// Values times `unit`, rounded so that the errors cancel and the whole sums to `sum · unit`.
///
/// Errors are carried from both ends to the middle, which takes what is left: what is symmetric, of an
/// odd number of values, stays so.
func diffused(_ values: [Double], unit: Double, sum: Double) -> [Int] {
  var result = [Int](repeating: 0, count: values.count)
  var (errorFront, errorBack) = (0.0, 0.0)
  let middle = values.count / 2
  for index in 0..<middle {
    let back = values.count - 1 - index
    let front = values[index] * unit + errorFront
    result[index] = Int(front.rounded(.toNearestOrAwayFromZero))
    errorFront = front - Double(result[index])
    if back > middle || values.count % 2 == 0 {
      let value = values[back] * unit + errorBack
      result[back] = Int(value.rounded(.toNearestOrAwayFromZero))
      errorBack = value - Double(result[back])
    }
  }
  let whole = Int((sum * unit).rounded(.toNearestOrAwayFromZero))
  if values.count % 2 == 1 {
    result[middle] = 0
    result[middle] = whole - result.reduce(0, +)
  } else {
    result[middle] += whole - result.reduce(0, +)
  }
  return result
}
