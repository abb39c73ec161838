import PictureFilters
import TestSupport
import Testing

/// Compares every body that accepts a request with one that goes sample by sample: the one that is
/// chosen and those that would be for another window.
///
/// - Returns: the names of those that accepted.
@discardableResult
func checkBodies(
  _ request: BodyRequest, set: Int, widths: [Int], rows: Int = 9, seed: Int, extreme: Bool = false
) -> [String] {
  checkBodies(
    request, against: ScalarCorrelation(request), set: set, widths: widths, rows: rows, seed: seed,
    extreme: extreme)
}

@discardableResult
func checkBodies<Request: CandidateRequest>(
  _ request: Request, against oracle: any FilterBody, set: Int, widths: [Int], rows: Int = 9,
  seed: Int, extreme: Bool = false
) -> [String] where Request.Made == any FilterBody {
  let kernels = MicroKernels.available[set]
  let accepting = Request.candidates.compactMap { candidate in
    (try? candidate.made(request, kernels)).map { (candidate.name, $0) }
  }
  #expect(accepting.contains { $0.0 == BodyChoice(request, kernels: kernels).name })
  checkBodies(
    accepting.map(\.1), oracle, widths: widths, rows: rows, seed: seed, extreme: extreme)
  return accepting.map(\.0)
}

/// Compares bodies with their oracle on random rows of several widths, cut in several ways.
func checkBodies(
  _ bodies: [any FilterBody], _ oracle: any FilterBody, widths: [Int], rows: Int = 9, seed: Int,
  extreme: Bool = false
) {
  var generator = SplitMix(seed)
  for body in bodies {
    #expect(body.windowRows == oracle.windowRows, "\(body.summary)")
    #expect(body.reachSamples == oracle.reachSamples, "\(body.summary)")
  }
  for width in widths {
    let source = SampleRows(
      oracle.input, width: width + oracle.reachSamples, count: oracle.inputRows(rows))
    source.fill(&generator, extreme: extreme)
    let wanted = oracle.results(source, rows: rows, width: width, cut: rows)
    for body in bodies {
      for cut in [rows, 5, 1] {
        for past in body.streams ? [false, true] : [false] {
          let got = body.results(source, rows: rows, width: width, cut: cut, past: past)
          #expect(got == wanted, "\(body.summary), width \(width), \(cut) rows a call, \(past)")
        }
      }
    }
  }
}

func checkBody(
  _ body: any FilterBody, _ oracle: any FilterBody, widths: [Int], rows: Int = 9, seed: Int,
  extreme: Bool = false
) {
  checkBodies([body], oracle, widths: widths, rows: rows, seed: seed, extreme: extreme)
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
) -> [WeightedTap] {
  (0..<height).flatMap { j in
    (0..<width).map { i in
      WeightedTap(
        row: j, offset: i * step, weight: Int(Int32.random(in: weights, using: &generator)))
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
