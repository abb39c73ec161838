import Raster

/// Rows as numbers of the few colours that the input had.
struct NumberedRows: NarrowRows {
  private let code: ColorNumbers
  private let format: PictureFormat
  /// Bits of a number in the file.
  private let depth: Int
  /// A number a pixel.
  private var numbers: [UInt8] = []
  private(set) var count = 0

  /// - Parameter depth: bits of a number in the file (1…8, enough for all); nil for those of PNG.
  init(_ format: PictureFormat, _ code: ColorNumbers, depth: Int? = nil) {
    self.format = format
    self.code = code
    self.depth = depth ?? code.depth
  }

  /// Bytes that are held.
  static func memory(_ format: PictureFormat) -> Int {
    format.width.saturatingProduct(format.height)
  }

  mutating func take(_ row: UnsafePointer<UInt8>) -> Bool {
    guard code.encode(row, format.width, into: &numbers) else { return false }
    count += 1
    return true
  }

  private func numbers(_ y: Int) -> ArraySlice<UInt8> {
    numbers[y * format.width..<(y + 1) * format.width]
  }

  func restore(_ y: Int, to row: UnsafeMutablePointer<UInt8>) {
    code.decode(numbers(y), into: row)
  }

  func narrow() -> [NarrowPicture] {
    var narrow = format
    narrow.color = .gray
    let shift = UInt8(8 - depth)
    return [
      NarrowPicture(format: narrow, depth: depth, palette: code.palette) { y, row in
        for (x, number) in numbers(y).enumerated() { row[x] = number << shift }
      }
    ]
  }
}
