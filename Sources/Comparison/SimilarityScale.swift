import Libc
import Raster

/// Structural similarity of a channel at one scale, and at the scales below it.
///
///     SSIM = l · cs
///     l  = (2 μ_a μ_b + C₁) / (μ_a² + μ_b² + C₁)        C₁ = (0.01 L)²
///     cs = (2 σ_ab + C₂) / (σ_a² + σ_b² + C₂)           C₂ = (0.03 L)²
///
/// Means and variances weigh a window of 11×11 by a Gaussian of σ = 1.5; only whole windows count. The
/// next scale has means of 2×2 samples, the last row and column twice where their number is odd.
///
/// - SeeAlso: Wang, Bovik, Sheikh & Simoncelli 2004; Wang, Simoncelli & Bovik 2003.
final class SimilarityScale {
  static let taps = 11
  private static let radius = taps / 2
  private static let weights: [Double] = {
    let all = (-radius...radius).map { exp(-0.5 * Double($0 * $0) / (1.5 * 1.5)) }
    return all.map { $0 / all.reduce(0, +) }
  }()
  /// Rows of sums, differences and their squares.
  private static let signals = 4

  private let width: Int
  /// Columns of whole windows, 0 where none fits.
  private let columns: Int
  private let constants: (luminance: Double, contrast: Double)
  let next: SimilarityScale?
  private(set) var similarity = 0.0
  private(set) var contrast = 0.0
  private(set) var windows = 0

  private var count = 0
  /// a + b and a − b of the row.
  private let row: UnsafeMutableBufferPointer<Double>
  /// The last 11 rows, filtered along themselves.
  private let ring: UnsafeMutableBufferPointer<Double>
  private let column: UnsafeMutableBufferPointer<Double>
  /// The row before, for the next scale, and their means.
  private let before: UnsafeMutableBufferPointer<Double>
  private let means: UnsafeMutableBufferPointer<Double>

  init(width: Int, height: Int, dataRange: Double, scales: Int) {
    self.width = width
    columns = height >= Self.taps ? max(0, width - Self.taps + 1) : 0
    constants = (
      (0.01 * dataRange) * (0.01 * dataRange), (0.03 * dataRange) * (0.03 * dataRange)
    )
    next =
      scales > 1
      ? SimilarityScale(
        width: (width + 1) / 2, height: (height + 1) / 2, dataRange: dataRange, scales: scales - 1)
      : nil
    row = .allocate(capacity: width * Self.signals)
    ring = .allocate(capacity: max(1, columns * Self.signals * Self.taps))
    column = .allocate(capacity: max(1, columns * Self.signals))
    before = .allocate(capacity: width * 2)
    means = .allocate(capacity: (width + 1) / 2 * 2)
    for buffer in [row, ring, column, before, means] { buffer.initialize(repeating: 0) }
  }

  deinit { for buffer in [row, ring, column, before, means] { buffer.deallocate() } }

  /// Bytes of all scales: the ones below take as much as the first one together.
  static func memory(width: Int) -> Int {
    (width.times((taps + 2) * signals + 3) ?? .max).times(2 * MemoryLayout<Double>.size) ?? .max
  }

  /// Adds a row of samples, `step` apart.
  func add<Sample: ComparedSample>(
    _ a: UnsafePointer<Sample>, _ b: UnsafePointer<Sample>, step: Int
  ) {
    for x in 0..<width {
      let (first, second) = (a[x &* step].level, b[x &* step].level)
      row[x] = first + second
      row[width &+ x] = first - second
    }
    addRow()
  }

  /// Adds the row in `row`.
  private func addRow() {
    if columns > 0 { filterRow() }
    count += 1
    if columns > 0, count >= Self.taps { measure() }
    guard next != nil else { return }
    if count % 2 == 0 {
      passOn()
    } else {
      for x in 0..<2 * width { before[x] = row[x] }
    }
  }

  /// Lays the weighted sums along the row, and along its squares, into the ring.
  private func filterRow() {
    let (width, columns) = (width, columns)
    for x in 0..<2 * width { row[2 * width &+ x] = row[x] * row[x] }
    for signal in 0..<Self.signals {
      // Safety: `columns` + 10 = `width` samples of each signal are in `row`; the slot of the ring is
      // `columns` long.
      let source = row.baseAddress! + signal * width
      let target =
        ring.baseAddress! + (count % Self.taps * Self.signals + signal) * columns
      let middle = Self.weights[Self.radius]
      for x in 0..<columns { target[x] = middle * source[x &+ Self.radius] }
      for tap in 0..<Self.radius {
        let weight = Self.weights[tap]
        let (near, far) = (source + tap, source + (Self.taps - 1 - tap))
        for x in 0..<columns { target[x] += weight * (near[x] + far[x]) }
      }
    }
  }

  /// Adds up the windows whose last row has come.
  private func measure() {
    let columns = columns
    let length = columns * Self.signals
    // Safety: the ring has 11 slots of `length` numbers, `column` one.
    let target = column.baseAddress!
    for x in 0..<length { target[x] = 0 }
    for tap in 0..<Self.taps {
      let source = ring.baseAddress! + (count + tap) % Self.taps * length
      let weight = Self.weights[tap]
      for x in 0..<length { target[x] += weight * source[x] }
    }
    let (c1, c2) = constants
    var (similarity, contrast, without) = (0.0, 0.0, 0)
    for x in 0..<columns {
      // s = a + b, d = a − b: 4ab = s² − d², 2(a² + b²) = s² + d².
      let (s, d) = (target[x], target[columns &+ x])
      let (ss, dd) = (target[2 * columns &+ x], target[3 * columns &+ x])
      let (means2, squares2) = ((s * s - d * d) / 2, (s * s + d * d) / 2)
      let (covariance2, variances) = ((ss - dd) / 2 - means2, (ss + dd) / 2 - squares2)
      let cs = (covariance2 + c2) / (variances + c2)
      let whole = cs * (means2 + c1) / (squares2 + c1)
      // A window with what is no number, or without end, has no structure.
      if whole.isNaN {
        without += 1
        continue
      }
      contrast += cs
      similarity += whole
    }
    self.similarity += similarity
    self.contrast += contrast
    windows += columns - without
  }

  /// Gives the means of this row and the one before to the next scale.
  private func passOn() {
    guard let next else { return }
    let half = next.width
    for signal in 0..<2 {
      for x in 0..<half {
        let left = signal * width + 2 * x
        let right = min(left + 1, (signal + 1) * width - 1)
        next.row[signal * half + x] =
          (row[left] + row[right] + before[left] + before[right]) / 4
      }
    }
    next.addRow()
  }

  /// Ends the scales below.
  func finish() {
    if count % 2 == 1 { passOn() }
    next?.finish()
  }
}

/// The scores of a channel.
struct MultiScaleSSIM {
  /// Of the scales, the finest first: Wang, Simoncelli & Bovik 2003.
  static let weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]

  /// The mean of the windows at full size; nil where there is none.
  let single: Double?
  /// Π csᵢ^wᵢ over the scales, the last one with its luminance; negative means count as 0. Nil where a
  /// scale has no window.
  let multiScale: Double?

  init(_ finest: SimilarityScale) {
    single = finest.windows == 0 ? nil : finest.similarity / Double(finest.windows)
    var product: Double? = 1
    var scale: SimilarityScale? = finest
    for weight in Self.weights {
      guard let level = scale, level.windows > 0 else {
        product = nil
        break
      }
      let sum = level.next == nil ? level.similarity : level.contrast
      product = product.map { $0 * pow(max(0, sum / Double(level.windows)), weight) }
      scale = level.next
    }
    multiScale = product
  }
}
