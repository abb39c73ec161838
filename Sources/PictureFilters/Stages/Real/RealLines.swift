import Raster

/// Input rows as numbers of double precision, the last few of them kept.
///
/// A row goes to the place of its index, so that rows which follow each other stand side by side
/// and a row is read once as long as windows are no higher than what is kept.
final class RealLines {
  /// How a row is read.
  enum Form: Sendable {
    /// Samples as they are, `channels` a pixel.
    case plain
    /// Colours times alpha, alpha, and what alpha lacks to be opaque: `channels + 1` a pixel.
    case premultiplied
  }

  private let format: PictureFormat
  private let form: Form
  private let white: Double
  private let window: RowWindow
  private let lines: UnsafeMutablePointer<Double>
  private var rows: [Int]

  /// Memory for the lines that are kept, in bytes.
  static let most = 8 << 20

  /// Lines that are kept.
  ///
  /// - Parameter windowRows: rows from the first to the last of a window.
  static func kept(_ format: PictureFormat, _ form: Form, windowRows: Int) -> Int {
    max(1, min(windowRows + 1, most / (8 * count(format, form))))
  }

  /// Numbers of a line.
  static func count(_ format: PictureFormat, _ form: Form) -> Int {
    format.width * form.pixel(format.color.channels)
  }

  /// - Parameter white: the level of full intensity.
  init(
    _ window: RowWindow, _ format: PictureFormat, _ form: Form, white: Double, windowRows: Int,
    _ scratch: Scratch
  ) {
    self.format = format
    self.form = form
    self.white = white
    self.window = window
    let kept = Self.kept(format, form, windowRows: windowRows)
    rows = [Int](repeating: -1, count: kept)
    lines = scratch.array(of: Double.self, kept * Self.count(format, form))
  }

  /// The numbers of row `y`, until the next is asked for.
  func line(_ y: Int) -> UnsafePointer<Double> {
    let place = y % rows.count
    let line = lines + place * Self.count(format, form)
    if rows[place] != y {
      rows[place] = y
      Self.read(window.row(y), 0..<format.width, format, form, white: white, into: line)
    }
    return UnsafePointer(line)
  }

  /// Some pixels of a row as numbers.
  static func read(
    _ row: UnsafeRawPointer, _ pixels: Range<Int>, _ format: PictureFormat, _ form: Form,
    white: Double, into line: UnsafeMutablePointer<Double>
  ) {
    switch format.sample {
    case .uint8: read(UInt8.self, row, pixels, format, form, white, line) { Double(Int($0)) }
    case .uint16: read(UInt16.self, row, pixels, format, form, white, line) { Double(Int($0)) }
    case .float32: read(Float.self, row, pixels, format, form, white, line) { Double($0) }
    }
  }

  @inline(__always)
  private static func read<Sample>(
    _ type: Sample.Type, _ row: UnsafeRawPointer, _ pixels: Range<Int>, _ format: PictureFormat,
    _ form: Form, _ white: Double, _ line: UnsafeMutablePointer<Double>,
    _ number: (Sample) -> Double
  ) {
    let channels = format.color.channels
    // Safety: the row holds these pixels of `channels` samples, the line as many of its form.
    let samples = row.assumingMemoryBound(to: Sample.self) + pixels.lowerBound * channels
    guard form == .premultiplied else {
      for index in 0..<pixels.count * channels { line[index] = number(samples[index]) }
      return
    }
    for x in 0..<pixels.count {
      let (pixel, numbers) = (samples + x * channels, line + x * (channels + 1))
      let alpha = number(pixel[channels - 1])
      for channel in 0..<channels - 1 { numbers[channel] = number(pixel[channel]) * alpha }
      numbers[channels - 1] = alpha
      numbers[channels] = white - alpha
    }
  }
}

extension RealLines.Form {
  /// Numbers of a pixel.
  func pixel(_ channels: Int) -> Int { self == .plain ? channels : channels + 1 }
}
