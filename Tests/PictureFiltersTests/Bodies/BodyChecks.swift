import PictureFilters
import Testing

/// Compares a body with its oracle on random rows of several widths, cut in two ways.
func checkBody(
  _ body: any FilterBody, _ oracle: any FilterBody, widths: [Int], rows: Int = 9,
  seed: Int, extreme: Bool = false
) {
  var generator = SplitMix(seed)
  #expect(body.windowRows == oracle.windowRows)
  #expect(body.reachSamples == oracle.reachSamples)
  for width in widths {
    let source = SampleRows(
      body.input, width: width + body.reachSamples, count: body.inputRows(rows))
    source.fill(&generator, extreme: extreme)
    let wanted = oracle.results(source, rows: rows, width: width, cut: rows)
    for cut in [rows, 5, 1] {
      let got = body.results(source, rows: rows, width: width, cut: cut)
      #expect(got == wanted, "\(body.summary), width \(width), \(cut) rows a call")
    }
  }
}

/// Widths around the lanes of the micro-kernels.
func randomWidths(_ generator: inout SplitMix) -> [Int] {
  [
    1, 2, 3, Int.random(in: 4...70, using: &generator),
    Int.random(in: 71...200, using: &generator),
  ]
}

/// A window full of weights.
func randomTaps(
  _ generator: inout SplitMix, width: Int, height: Int, step: Int, weights: ClosedRange<Int32>
) -> [IntegerTap] {
  (0..<height).flatMap { j in
    (0..<width).map { i in
      IntegerTap(
        row: j, offset: i * step, weight: Int32.random(in: weights, using: &generator))
    }
  }
}

/// exp(−x²/2σ²) for |x| ≤ ⌊4σ + ½⌋, with sum 1.
func normalisedGaussian(_ sigma: Double) -> [Double] {
  let radius = Int(4 * sigma + 0.5)
  let values = (-radius...radius).map { exponential(-Double($0 * $0) / (2 * sigma * sigma)) }
  let sum = values.reduce(0, +)
  return values.map { $0 / sum }
}
