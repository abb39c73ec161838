import Raster

/// What is seen after the frames so far.
struct GIFCanvas {
  private let width: Int
  private let height: Int
  /// Red, green, blue and alpha.
  private var pixels: [UInt8]
  private var before: [UInt8] = []
  /// Whether frames may be disposed of.
  private let isKept: Bool

  init(width: Int, height: Int, isKept: Bool) {
    self.width = width
    self.height = height
    self.isKept = isKept
    pixels = []
  }

  mutating func prepare(for frame: GIFFrame) throws(CodecError) {
    if pixels.isEmpty { pixels = [UInt8](repeating: 0, count: 4 * width * height) }
    if isKept && frame.disposal == .restore { before = pixels }
  }

  /// Lays a row of a frame on the canvas; what lies outside is cut off.
  ///
  /// - Returns: whether every pixel has a colour.
  mutating func lay(_ indices: ArraySlice<UInt8>, row: Int, of frame: GIFFrame) -> Bool {
    let y = frame.top + row
    guard y < height else { return true }
    let colors = frame.palette.count / 3
    var isRight = true
    for (offset, index) in indices.enumerated() {
      let x = frame.left + offset
      if x >= width { break }
      if Int(index) == frame.transparent { continue }
      guard Int(index) < colors else {
        isRight = false
        continue
      }
      let target = 4 * (y * width + x)
      for color in 0..<3 { pixels[target + color] = frame.palette[3 * Int(index) + color] }
      pixels[target + 3] = 255
    }
    return isRight
  }

  mutating func dispose(_ frame: GIFFrame) {
    switch frame.disposal {
    case .keep: break
    case .restore: pixels = before
    case .clear:
      for y in min(frame.top, height)..<min(frame.top + frame.height, height) {
        let right = min(frame.left + frame.width, width)
        if frame.left >= right { continue }
        for byte in 4 * (y * width + frame.left)..<4 * (y * width + right) { pixels[byte] = 0 }
      }
    }
  }

  /// The simplest colours that hold all pixels.
  var color: ColorModel {
    var (isGray, isOpaque) = (true, true)
    pixels.withUnsafeBufferPointer { pixels in
      for pixel in stride(from: 0, to: pixels.count, by: 4) {
        if pixels[pixel + 3] == 0 { isOpaque = false }
        if pixels[pixel] != pixels[pixel + 1] || pixels[pixel] != pixels[pixel + 2] {
          isGray = false
        }
      }
    }
    return isGray ? (isOpaque ? .gray : .grayAlpha) : isOpaque ? .rgb : .rgba
  }

  func write(_ y: Int, into row: UnsafeMutableRawBufferPointer) {
    let channels = row.count / width
    for x in 0..<width {
      let source = 4 * (y * width + x)
      if channels <= 2 {
        row[x * channels] = pixels[source]
        if channels == 2 { row[x * 2 + 1] = pixels[source + 3] }
      } else {
        for channel in 0..<channels { row[x * channels + channel] = pixels[source + channel] }
      }
    }
  }
}
