import Raster

/// Rows as they came, until it is known that a narrower form holds them.
struct HeldRows {
  private let bytesPerRow: Int
  private var samples: [UInt8] = []
  private(set) var count = 0

  init(_ format: PictureFormat) { bytesPerRow = format.bytesPerRow }

  /// Bytes that are held.
  static func memory(_ format: PictureFormat) -> Int {
    format.bytesPerRow.saturatingProduct(format.height)
  }

  mutating func append(_ row: UnsafePointer<UInt8>) {
    samples += UnsafeBufferPointer(start: row, count: bytesPerRow)
    count += 1
  }

  /// - Precondition: row `y` has come.
  func with(_ y: Int, _ body: (UnsafeRawPointer) -> Void) {
    samples.withUnsafeBytes { body($0.baseAddress! + y * bytesPerRow) }
  }

  func restore(_ y: Int, to row: UnsafeMutablePointer<UInt8>) {
    with(y) { UnsafeMutableRawPointer(row).copyMemory(from: $0, byteCount: bytesPerRow) }
  }
}
