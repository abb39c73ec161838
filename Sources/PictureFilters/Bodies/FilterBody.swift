/// The first sample of each row that is read.
package typealias InputRows = UnsafePointer<UnsafeRawPointer>
/// The first sample of each row that is written.
package typealias OutputRows = UnsafePointer<UnsafeMutableRawPointer>
/// Memory of no type yet.
package typealias RawMemory = UnsafeMutableRawPointer

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
  /// Whether calls for fewer rows, or for the ends of rows by themselves, cost as much as whole ones.
  var wastesShortCalls: Bool { get }
  /// Memory for weights in the form that it takes them in, where that is much, in bytes.
  var weightBytes: Int { get }
  /// Whether `stream` stores past the caches.
  var streams: Bool { get }
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
  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory)

  /// The same, where nobody looks at the results soon: they may go past the caches.
  func stream(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory)
}

extension FilterBody {
  package var streams: Bool { false }

  package func stream(
    _ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory
  ) {
    run(input, output, rows: rows, width: width, scratch: scratch)
  }

  package var wastesShortCalls: Bool { false }
  package var weightBytes: Int { 0 }

  /// The number of input rows that a call for `rows` output rows is given.
  package func inputRows(_ rows: Int) -> Int {
    rows == 0 ? 0 : (rows - 1) * rowStride + windowRows
  }
}

/// A body that stores past the caches where it is told to.
package protocol StreamingBody: FilterBody {
  /// As `FilterBody.run`, past the caches or not.
  func run(
    _ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory,
    past: Bool)
}

extension StreamingBody {
  package var streams: Bool { true }

  package func run(
    _ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory
  ) {
    run(input, output, rows: rows, width: width, scratch: scratch, past: false)
  }

  package func stream(
    _ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory
  ) {
    run(input, output, rows: rows, width: width, scratch: scratch, past: streams)
  }
}
