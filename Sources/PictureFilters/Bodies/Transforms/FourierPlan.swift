internal import CConvKernels
import Libc

/// The tables of Fourier transforms of tiles of one shape, as micro-kernels take them.
struct FourierPlan: Sendable {
  let rows: Int
  let columns: Int
  let kernels: MicroKernels
  private let rowTwiddles: [Double]
  private let columnTwiddles: [Double]

  /// - Parameters:
  ///   - rows: a power of two (≥ 4).
  ///   - columns: a power of two (≥ 64).
  init(rows: Int, columns: Int, kernels: MicroKernels) {
    self.rows = rows
    self.columns = columns
    self.kernels = kernels
    rowTwiddles = Self.twiddles(columns, down: kernels.table.pointee.double_count)
    columnTwiddles = Self.twiddles(rows, down: 4)
  }

  /// Doubles of a tile.
  var tileDoubles: Int { strips * stripDoubles }
  /// Columns that micro-kernels transform at once, and their doubles.
  var strips: Int { columns / Int(conv_strip) }
  var stripDoubles: Int { lineDoubles * (rows + 1) }
  var lineDoubles: Int { 2 * Int(conv_strip) }

  func withJob<Result>(_ body: (UnsafePointer<conv_transform>) -> Result) -> Result {
    rowTwiddles.withUnsafeBufferPointer { rowTwiddles in
      columnTwiddles.withUnsafeBufferPointer { columnTwiddles in
        var job = conv_transform(
          rows: rows, columns: columns, row_twiddles: rowTwiddles.baseAddress,
          row_twiddle_count: rowTwiddles.count, column_twiddles: columnTwiddles.baseAddress,
          column_twiddle_count: columnTwiddles.count)
        return body(&job)
      }
    }
  }

  private static func twiddles(_ length: Int, down last: Int) -> [Double] {
    var table: [Double] = []
    var size = length
    var radix = (length / last).trailingZeroBitCount % 2 == 1 ? 2 : 4
    while size > last {
      for power in 1..<radix {
        let turns = (0..<size / radix).map { turn(power * $0, of: size) }
        table += turns.map(\.re)
        table += turns.map(\.im)
      }
      size /= radix
      radix = 4
    }
    return table
  }

  /// exp(−2πi · index / count), from angles up to an eighth of a turn: at most 3 · 2⁻⁵³ off.
  private static func turn(_ index: Int, of count: Int) -> (re: Double, im: Double) {
    let eighths = 8 * index / count
    let isOdd = eighths % 2 == 1
    // From the nearest quarter of a turn on, in units of 1 / (4 · count) of it.
    let quarter = (eighths + 1) / 2
    let rest = (isOdd ? quarter * count - 4 * index : 4 * index - quarter * count)
    let angle = Double(rest) / Double(count) * (Double.pi / 2)
    let (x, y) = (cos(angle), isOdd ? -sin(angle) : sin(angle))
    switch quarter % 4 {
    case 0: return (x, -y)
    case 1: return (-y, -x)
    case 2: return (-x, y)
    default: return (y, x)
    }
  }

  /// A bound of the error of a sum, for samples of Euclidean norm 1 a tile under weights of norm 1.
  ///
  ///     |ẑ − z|∞ ≤ ‖x‖ · ‖y‖ · ((1 + ε)^3n · (1 + √5 ε)^(3n + 1) · (1 + β)^3n − 1)
  ///
  /// for a convolution of 2ⁿ complex numbers by two transforms and one back, ε = 2⁻⁵³ and twiddles that
  /// are β off. Two passes, along rows and columns, are such a transform of all points of a tile; steps
  /// by four multiply less often than the bound allows for; a fused product is off by 2 ε at most, less
  /// than √5 ε (Jeannerod, Kornerup, Louvet & Muller, Math. Comp. 86, 2017).
  ///
  /// - SeeAlso: Percival, Math. Comp. 72 (2003), theorem 5.1; Brent, Percival & Zimmermann, Error bounds
  ///   on complex floating-point multiplication, Math. Comp. 76 (2007), section 4.
  static func errorBound(points: Int) -> Double {
    let n = Double(points.trailingZeroBitCount)
    let epsilon = 0x1p-53
    let beta = 4 * epsilon
    let exponent = 3 * n * (epsilon + beta) + (3 * n + 1) * 5.0.squareRoot() * epsilon
    // (1 + a)^k ≤ e^(k a), and e^t − 1 ≤ t + t² for t ≤ 1.
    return exponent + exponent * exponent
  }
}
