/// A band after the parallel part of encoding, before it is appended.
public protocol EncodedBand: Sendable {}

/// Rows for sinks that have no parallel part.
public struct PlainRows: EncodedBand {
  public let window: RowWindow
  public init(window: RowWindow) { self.window = window }
}

extension EncodedBand {
  /// The rows, for a sink that takes them as they are; another sink's bands are no such.
  public var plainRows: RowWindow {
    guard let rows = self as? PlainRows else { preconditionFailure("a band of another sink") }
    return rows.window
  }
}

/// Where the rows of a picture go: a file being encoded, or memory.
///
/// A band goes through two steps: `encode` on any thread, bands in any order and several at once;
/// then `append`, bands from the top, one at a time. The rows handed to `encode` stay valid until
/// `append` of the same band has returned.
public protocol RowSink: AnyObject, Sendable {
  /// What the rows look like.
  var format: PictureFormat { get }

  /// How many rows above a band `encode` looks at (a compressor primed with what precedes).
  var contextRows: Int { get }

  /// The number of rows that suits the encoder, or nil. Every band but the last has as many.
  var bandRows: Int? { get }

  /// The part that needs no order.
  ///
  /// - Parameters:
  ///   - rows: rows to encode, preceded by up to `contextRows` rows of context.
  ///   - first: the first row to encode (`first - rows.firstRow` rows are context).
  func encode(_ rows: RowWindow, first: Int) throws -> any EncodedBand

  /// The part that needs order.
  func append(_ band: any EncodedBand) throws

  /// Completes the picture after the last band.
  func finish() throws

  /// Memory in which these rows may be laid directly, or nil. When it answers, `encode` and
  /// `append` are not called for them.
  func destination(_ rows: Range<Int>) -> RowBand?
}

extension RowSink {
  public var contextRows: Int { 0 }
  public var bandRows: Int? { nil }
  public func encode(_ rows: RowWindow, first: Int) throws -> any EncodedBand {
    PlainRows(window: rows)
  }
  public func destination(_ rows: Range<Int>) -> RowBand? { nil }
}
