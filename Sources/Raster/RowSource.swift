/// Where the rows of a picture come from: a file being decoded, or memory.
///
/// Rows are asked for once each, from the top, by one thread at a time (not always the same one).
public protocol RowSource: AnyObject {
  /// What the rows look like.
  var format: PictureFormat { get }

  /// Fills `band` with the next rows: `band.firstRow` is the row after the last one read.
  ///
  /// - Throws: what the file did wrong; no further row may be asked for then.
  func read(into band: RowBand) throws

  /// Rows that lie in memory already and stay there as long as the source lives, or nil.
  ///
  /// A source that answers is asked from any thread, for any rows, and `read` is not called.
  func borrow(_ rows: Range<Int>) -> RowWindow?
}

extension RowSource {
  public func borrow(_ rows: Range<Int>) -> RowWindow? { nil }
}
