/// Unpacks runs of 4 or 8 bits; pixels that they pass over have the first colour.
struct BMPRuns {
  private var bytes: SourceBytes
  private let header: BMPHeader
  /// A byte a pixel, from the bottom.
  private(set) var pixels: [UInt8]
  /// Bytes of the runs so far.
  var count: Int { bytes.count }

  init(_ source: SourceHandle, _ header: BMPHeader) {
    bytes = SourceBytes(source, .bmp)
    self.header = header
    pixels = [UInt8](repeating: 0, count: header.width * header.height)
  }

  mutating func run() throws(CodecError) {
    let (width, height) = (header.width, header.height)
    var (x, y) = (0, 0)
    func outside() -> CodecError { .damaged(.bmp, "a run beyond the picture") }
    while true {
      let count = Int(try bytes.next())
      let value = try bytes.next()
      if count > 0 {
        guard y < height else { throw outside() }
        // Runs may go beyond the row in old files: the rest is no part of the picture.
        for index in 0..<min(count, width - x) {
          pixels[y * width + x + index] = half(value, index)
        }
        x = min(x + count, width)
        continue
      }
      switch value {
      case 0: (x, y) = (0, y + 1)
      case 1: return
      case 2:
        x += Int(try bytes.next())
        y += Int(try bytes.next())
        guard x <= width, y <= height else { throw outside() }
      default:
        let count = Int(value)
        guard y < height else { throw outside() }
        let size = header.bits == 8 ? count : (count + 1) / 2
        for index in 0..<size {
          let byte = try bytes.next()
          for part in 0..<(header.bits == 8 ? 1 : 2) {
            let place = header.bits == 8 ? index : 2 * index + part
            if place < count, x + place < width { pixels[y * width + x + place] = half(byte, part) }
          }
        }
        if size % 2 == 1 { _ = try bytes.next() }
        x = min(x + count, width)
      }
    }
  }

  /// The pixel of a byte: all of it, or one of the halves, the high one first.
  private func half(_ byte: UInt8, _ index: Int) -> UInt8 {
    header.bits == 8 ? byte : index % 2 == 0 ? byte >> 4 : byte & 15
  }
}
