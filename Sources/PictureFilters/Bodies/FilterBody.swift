/// How a sample is held between two steps of a filter.
package enum Element: Sendable, Hashable, CaseIterable {
  case uint8
  case uint16
  case int32
  case int64

  /// Size, in bytes.
  package var byteCount: Int {
    switch self {
    case .uint8: 1
    case .uint16: 2
    case .int32: 4
    case .int64: 8
    }
  }

  /// The largest value that a picture of this type holds: 255 or 65535; nil for sums.
  package var top: Int64? {
    switch self {
    case .uint8: 255
    case .uint16: 65535
    case .int32, .int64: nil
    }
  }
}

/// How an exact sum becomes a sample.
///
///     out = clamp(⌊(s + addend) / divisor⌋, 0 … top),   s = sum, or |sum| where `absolute`
///
/// With `addend = offset · divisor + ⌊divisor / 2⌋` halves are rounded up, after the offset.
package struct Rounding: Sendable, Hashable {
  package var addend: Int64
  /// ≥ 1; the planner has turned the signs of the weights where the scale was negative.
  package var divisor: Int64
  package var absolute: Bool

  package init(addend: Int64, divisor: Int64, absolute: Bool = false) {
    precondition(divisor >= 1, "a divisor is positive")
    self.addend = addend
    self.divisor = divisor
    self.absolute = absolute
  }
}

/// One weight of a correlation in integers.
package struct IntegerTap: Sendable, Hashable {
  /// Distance from the first row of the window, in rows (≥ 0).
  package var row: Int
  /// Distance from the output sample's position, in samples (≥ 0).
  package var offset: Int
  package var weight: Int32

  package init(row: Int, offset: Int, weight: Int32) {
    precondition(row >= 0 && offset >= 0, "a window starts at its first tap")
    self.row = row
    self.offset = offset
    self.weight = weight
  }
}

/// A filter over rows that are padded already: the border between planning and micro-kernels.
///
/// A body is pure: it keeps no state between calls, may be called from several threads at once, and
/// yields the same bytes however rows and columns are cut into calls. Planning has dealt with
/// borders, alpha, horizontal stride, and the split into bands before a body runs.
package protocol FilterBody: Sendable {
  var input: Element { get }
  var output: Element { get }
  /// Rows of input that one output row sees (≥ 1).
  var windowRows: Int { get }
  /// Distance between the windows of neighbouring output rows (≥ 1).
  var rowStride: Int { get }
  /// The largest offset within a row, in samples (≥ 0).
  var reachSamples: Int { get }
  /// Output rows a call that make its preparations worth while.
  var preferredRows: Int { get }
  /// What it does and how, in a few words.
  var summary: String { get }

  /// Scratch that a call of this size needs, in bytes.
  func scratchBytes(rows: Int, width: Int) -> Int

  /// Computes `rows` output rows of `width` samples.
  ///
  /// - Parameters:
  ///   - input: the first sample of each input row, aligned as a sample is; output row `r` sees rows
  ///     `r · rowStride ..< r · rowStride + windowRows`. Of each row the samples
  ///     `0 ..< width + reachSamples` are read, nothing else.
  ///   - output: the first sample of each output row; exactly `width` samples are written.
  ///   - scratch: `scratchBytes(rows: rows, width: width)` bytes, aligned to 64, of any content.
  func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer)
}

extension FilterBody {
  /// The number of input rows that a call for `rows` output rows is given.
  package func inputRows(_ rows: Int) -> Int {
    rows == 0 ? 0 : (rows - 1) * rowStride + windowRows
  }
}
