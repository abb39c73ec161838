import Raster

/// Bounds of `Σ weight · sample` for samples in `0 ... top`.
func sumBounds(_ weights: some Sequence<Int>, top: Int) -> ClosedRange<Int> {
  var low = 0
  var high = 0
  for weight in weights {
    let (product, overflow) = weight.multipliedReportingOverflow(by: top)
    precondition(!overflow, "sums fit 64 bits")
    if product < 0 { low += product } else { high += product }
  }
  return low...high
}

/// Bounds of `Σ column[j] · row[i] · sample` for samples in `0 ... top`.
func productBounds(_ column: [Int], _ row: [Int], top: Int) throws(BodyRefusal) -> ClosedRange<Int>
{
  func parts(_ weights: [Int]) -> (positive: Int, negative: Int) {
    let sums = sumBounds(weights, top: 1)
    return (sums.upperBound, -sums.lowerBound)
  }
  let (c, r) = (parts(column), parts(row))
  guard let all = (c.positive + c.negative).times(r.positive + r.negative), all.times(top) != nil
  else { throw .sumsTooWide(bits: 64) }
  let high = c.positive * r.positive + c.negative * r.negative
  let low = c.positive * r.negative + c.negative * r.positive
  return -low * top...high * top
}
