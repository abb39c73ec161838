import ConvEngine
import KernelLanguage
import Libc

/// The samples that each sample of a resized side is made of, and their weights.
///
///     centre(x) = start + (x + ½) · s          s = length / output
///     w(x, k)   = f((k + ½ − centre(x)) / max(s, 1)) / Σ
///
/// - SeeAlso: Pillow, Resample.c, precompute_coeffs.
struct ResizeWeights: Sendable {
  let input: Int
  let output: Int
  /// Weights of each sample: a multiple of 4, the surplus ones 0.
  let taps: Int
  /// The first input sample of each.
  let starts: [Int32]
  /// How many of the weights count.
  let counts: [Int32]
  /// `taps` a sample; those of each sum to 1.
  let weights: [Float]

  /// Weights beyond which none are made.
  private static let most = 1 << 28

  /// - Returns: nil where there would be too many weights.
  init?(_ side: ResizedSide, _ method: ResizingMethod) {
    input = side.input
    output = side.output
    let scale = side.length / Double(side.output)
    let stretch = max(scale, 1)
    let reach = side.isIdentity || method == .nearest ? 0.5 : method.support * stretch
    // One more where the window lies askew, for either end.
    let most = min(2 * reach + 2, Double(side.input))
    guard side.input <= Int32.max, (most + 3) * Double(side.output) < Double(Self.most) else {
      return nil
    }
    let taps = (Int(most) + 3) / 4 * 4
    var starts = [Int32](repeating: 0, count: side.output)
    var counts = starts
    var weights = [Float](repeating: 0, count: side.output * taps)
    var line: [Double] = []
    for x in 0..<side.output {
      // Divided last: a pixel whose middle lies on the border of two samples takes the latter.
      let center = side.start + (Double(x) + 0.5) * side.length / Double(side.output)
      var first = Int(center.rounded(.down))
      line.removeAll(keepingCapacity: true)
      if side.isIdentity || method == .nearest {
        first = min(max(first, 0), side.input - 1)
        line.append(1)
      } else {
        let (low, high) = (center - reach, center + reach)
        first = max(Int((low).rounded(.down)), 0)
        let end = min(Int((high).rounded(.up)), side.input)
        for sample in first..<max(end, first + 1) {
          line.append(method.weight(sample, center: center, scale: scale))
        }
      }
      // Samples that weigh nothing are none of the window.
      while line.count > 1, abs(line[line.count - 1]) < 1e-12 { line.removeLast() }
      while line.count > 1, abs(line[0]) < 1e-12 {
        line.removeFirst()
        first += 1
      }
      let sum = line.reduce(0, +)
      starts[x] = Int32(first)
      counts[x] = Int32(line.count)
      for (tap, weight) in line.enumerated() { weights[x * taps + tap] = Float(weight / sum) }
    }
    self.taps = taps
    self.starts = starts
    self.counts = counts
    self.weights = weights
  }

  /// The most weights of a sample that count.
  var widest: Int { Int(counts.max() ?? 1) }

  /// The input samples that some of the output are made of.
  func inputs(for range: Range<Int>) -> Range<Int> {
    // A sample that weighs nothing is left out, so that windows may begin before their neighbours.
    range.reduce(0..<0) { all, x in
      all.including(Int(starts[x]), Int(starts[x] + counts[x]) - 1)
    }
  }

  var bytes: Int { 4 * weights.count + 8 * starts.count }
}

extension ResizingMethod {
  /// Half of the length over which a pixel is made, in pixels.
  fileprivate var support: Double {
    switch self {
    case .nearest, .area: 0.5
    case .bilinear: 1
    case .mitchell, .catmullRom: 2
    case .lanczos3: 3
    }
  }

  /// - Parameter scale: input samples a sample of the output.
  fileprivate func weight(_ sample: Int, center: Double, scale: Double) -> Double {
    if self == .area {
      // What of the sample lies within the area of the pixel.
      let (low, high) = (center - scale / 2, center + scale / 2)
      return max(min(Double(sample) + 1, high) - max(Double(sample), low), 0)
    }
    let x = abs((Double(sample) + 0.5 - center) / max(scale, 1))
    switch self {
    case .nearest, .area: return 1
    case .bilinear: return max(1 - x, 0)
    case .mitchell: return Self.cubic(x, b: 1.0 / 3, c: 1.0 / 3)
    case .catmullRom: return Self.cubic(x, b: 0, c: 0.5)
    case .lanczos3: return x < 3 ? Self.sinc(x) * Self.sinc(x / 3) : 0
    }
  }

  private static func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sin(Double.pi * x) / (Double.pi * x)
  }

  /// - SeeAlso: Mitchell and Netravali, "Reconstruction Filters in Computer Graphics", equation 8.
  private static func cubic(_ x: Double, b: Double, c: Double) -> Double {
    if x < 1 {
      return ((12 - 9 * b - 6 * c) * x * x * x + (-18 + 12 * b + 6 * c) * x * x + (6 - 2 * b)) / 6
    }
    if x < 2 {
      return
        ((-b - 6 * c) * x * x * x + (6 * b + 30 * c) * x * x + (-12 * b - 48 * c) * x
        + (8 * b + 24 * c)) / 6
    }
    return 0
  }
}
