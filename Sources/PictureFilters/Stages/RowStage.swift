import Raster

/// A step of a chain as the pipeline sees it: rows in, rows out.
///
/// Pure: the rows of a band depend on the input rows only, and several bands are made at once.
protocol RowStage: Sendable {
  var input: PictureFormat { get }
  var output: PictureFormat { get }

  /// The input rows that a band of the output is made of (never empty).
  func inputRows(for rows: Range<Int>) -> Range<Int>

  /// Makes the rows of `band` from a window that holds at least `inputRows(for: band.rows)`.
  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch)

  /// The same, where nobody looks at the rows soon: they may go past the caches.
  func stream(_ band: RowBand, from window: RowWindow, scratch: Scratch)

  /// Whether `stream` stores past the caches.
  var streams: Bool { get }

  /// Rows of a band that make its preparations worth while.
  var preferredRows: Int { get }

  /// Rows of a band beyond which it only keeps more of the input waiting.
  var mostRows: Int { get }

  /// Whether the first band may be made of the last input rows, so that all of them are held.
  var holdsInput: Bool { get }

  /// Tables that the stage holds for as long as the plan, weights that bodies transform among them, but
  /// not the weights of kernels, in bytes.
  var heldBytes: Int { get }

  /// Whether bands of fewer rows cost as much as whole ones.
  var wastesShortBands: Bool { get }

  /// The stage itself, where it must have seen the whole picture before it can make a row; else nil.
  ///
  /// Asked for often: to look for the protocol in all the program's types takes a thousand times as long.
  var whole: (any WholeStage)? { get }

  /// Scratch that `produce` takes at most for a band of so many rows, in bytes.
  func scratchBytes(rows: Int) -> Int

  /// Multiplications a sample of the output, near enough to tell minutes from years.
  var operations: Double { get }

  /// What is done and how, in a line.
  var summary: String { get }

  /// Why it is done that way, where there was a choice.
  var reasons: [String] { get }

  /// What deserves a word once all rows are made.
  var lateWarnings: [FilterWarning] { get }
}

extension RowStage {
  var streams: Bool { false }
  func stream(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    produce(band, from: window, scratch: scratch)
  }
  var preferredRows: Int { 16 }
  var mostRows: Int { .max }
  var holdsInput: Bool { false }
  var heldBytes: Int { 0 }
  var wastesShortBands: Bool { false }
  var whole: (any WholeStage)? { nil }
  var reasons: [String] { [] }
  var lateWarnings: [FilterWarning] { [] }
  var operations: Double { 1 }
  func scratchBytes(rows: Int) -> Int { 0 }

  /// Rows of the output in scratch.
  func made(_ rows: Range<Int>, from window: RowWindow, _ scratch: Scratch) -> RowBand {
    let pitch = rowPitch(output.bytesPerRow)
    let band = RowBand(
      base: scratch.bytes(pitch * rows.count), pitch: pitch, firstRow: rows.lowerBound,
      count: rows.count)
    scratch.scoped { produce(band, from: window, scratch: scratch) }
    return band
  }

  /// The pointers of a `SourceRows` for a band.
  func pointerBytes(rows: Int) -> Int { 8 * inputCount(for: rows) + 128 }
}

/// The first bytes of the rows of a window, as passes take them: made once a band.
struct SourceRows {
  let pointers: InputRows
  let firstRow: Int

  /// Valid as long as what is taken from `scratch`.
  init(_ window: RowWindow, _ scratch: Scratch) {
    let pointers = scratch.array(of: UnsafeRawPointer.self, window.count)
    for index in 0..<window.count { pointers[index] = window.row(window.firstRow + index) }
    self.pointers = UnsafePointer(pointers)
    firstRow = window.firstRow
  }
}
