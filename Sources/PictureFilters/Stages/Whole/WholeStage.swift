import Raster

/// A stage that must have seen the whole picture before it can make a row.
protocol WholeStage: RowStage {
  /// Bytes that settling takes, besides the picture.
  var settlingBytes: Int { get }

  /// The stage that makes rows, once all of them are there; the same for any number of threads.
  func settled(_ rows: HeldRows, team: ThreadTeam) -> any RowStage
}

extension WholeStage {
  var whole: (any WholeStage)? { self }
}

/// All rows of a picture, as a stage that must see them takes them.
struct HeldRows: Sendable {
  private let window: RowWindow
  private let change: (@Sendable (UnsafeRawPointer, UnsafeMutableRawPointer) -> Void)?

  /// - Parameter window: valid as long as the rows are used.
  init(_ window: RowWindow) {
    self.window = window
    change = nil
  }

  /// - Parameter change: makes the row that is asked for of one of the window.
  init(
    _ rows: HeldRows,
    change: @escaping @Sendable (UnsafeRawPointer, UnsafeMutableRawPointer) -> Void
  ) {
    window = rows.window
    self.change = change
  }

  /// The first byte of a row.
  ///
  /// - Parameter buffer: bytes of a row, where it is made if it must be; each thread has its own.
  func row(_ y: Int, _ buffer: UnsafeMutableRawPointer) -> UnsafeRawPointer {
    guard let change else { return window.row(y) }
    change(window.row(y), buffer)
    return UnsafeRawPointer(buffer)
  }

  /// A row of a picture that nobody else looks at: what is written is seen by the stages that come.
  func writable(_ y: Int) -> UnsafeMutableRawPointer {
    precondition(change == nil, "rows lie in memory")
    return UnsafeMutableRawPointer(mutating: window.row(y))
  }
}
