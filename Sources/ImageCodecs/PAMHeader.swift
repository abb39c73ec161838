import Raster

/// The lines of a PAM header (netpbm.sourceforge.net/doc/pam.html).
struct PAMHeader {
  var width: Int
  var height: Int
  var channels: Int
  var maximum: Int
  var color: ColorModel

  /// What the kinds of tuples that are pictures mean.
  private static let kinds: [String: ColorModel] = [
    "BLACKANDWHITE": .gray, "GRAYSCALE": .gray, "RGB": .rgb, "BLACKANDWHITE_ALPHA": .grayAlpha,
    "GRAYSCALE_ALPHA": .grayAlpha, "RGB_ALPHA": .rgba, "CMYK": .cmyk,
  ]

  /// - Parameter bytes: stands behind `P7`; at the first sample afterwards.
  init(_ bytes: inout SourceBytes) throws(CodecError) {
    let rest = try bytes.line()
    guard rest.isEmpty else { throw .unsupported(.pnm, "P7 \(rest), a thumbnail of xv") }
    var values: [String: Int] = [:]
    var kind: [String] = []
    while true {
      let line = try bytes.line()
      if line.isEmpty || line.hasPrefix("#") { continue }
      if line == "ENDHDR" { break }
      let words = line.split(maxSplits: 1) { $0 == " " }
      let value = words.count == 2 ? String(words[1]) : ""
      switch words[0] {
      case "TUPLTYPE": kind.append(value)
      case "WIDTH", "HEIGHT", "DEPTH", "MAXVAL":
        guard let number = Int(value), number < 1 << 31 else {
          throw .damaged(.pnm, "the header says \(words[0]) \(value)")
        }
        values[String(words[0])] = number
      default: throw .unsupported(.pnm, "\(words[0]) in the header")
      }
    }
    for name in ["WIDTH", "HEIGHT", "DEPTH", "MAXVAL"] where values[name] == nil {
      throw .damaged(.pnm, "the header has no \(name)")
    }
    width = values["WIDTH"]!
    height = values["HEIGHT"]!
    channels = values["DEPTH"]!
    maximum = values["MAXVAL"]!
    // Several lines are one, parted by spaces.
    color = try Self.color(kind.joined(separator: " "), channels: channels)
  }

  private static func color(_ kind: String, channels: Int) throws(CodecError) -> ColorModel {
    if kind.isEmpty {
      let colors: [ColorModel] = [.gray, .grayAlpha, .rgb, .rgba]
      guard (1...4).contains(channels) else { throw .unsupported(.pnm, "\(channels) channels") }
      return colors[channels - 1]
    }
    guard let color = kinds[kind] else { throw .unsupported(.pnm, "tuples of type \(kind)") }
    guard color.channels == channels else {
      throw .unsupported(.pnm, "tuples of type \(kind) with \(channels) channels")
    }
    return color
  }
}

extension SourceBytes {
  /// A line of text without its end and without spaces around it.
  mutating func line() throws(CodecError) -> String {
    var line: [UInt8] = []
    while case let byte = try next(), byte != 10 {
      line.append(byte)
      guard line.count <= 1024 else { throw .damaged(.pnm, "a long line in the header") }
    }
    let start = line.firstIndex { !PNMHeader.isSpace($0) } ?? line.count
    let end = line.lastIndex { !PNMHeader.isSpace($0) } ?? -1
    // Escape codes of a stranger's file are not to reach a terminal.
    let text =
      start > end ? [] : line[start...end].map { $0 == 9 ? 32 : (32...126).contains($0) ? $0 : 63 }
    return String(decoding: text, as: UTF8.self)
  }

  static let furtherPictures = "further pictures"

  /// Goes to the next picture; false where there is none.
  mutating func reachesPicture() throws(CodecError) -> Bool {
    while let byte = try nextOrEnd() {
      if byte == 0 || PNMHeader.isSpace(byte) { continue }
      back()
      return byte == UInt8(ascii: "P")
    }
    return false
  }

  /// What follows the picture: nil where nothing but spaces and zeros does.
  mutating func rest() throws(CodecError) -> String? {
    while let byte = try nextOrEnd() {
      if byte == 0 || PNMHeader.isSpace(byte) { continue }
      if byte == UInt8(ascii: "P"), let second = try nextOrEnd(), (49...55).contains(second) {
        return Self.furtherPictures
      }
      return "data behind the picture"
    }
    return nil
  }
}

extension PNMHeader {
  /// Passes over the samples of a picture that is not wanted.
  func skipSamples(_ bytes: inout SourceBytes) throws(CodecError) {
    if isPlain {
      for _ in 0..<height {
        for _ in 0..<width * channels {
          if isBitmap { _ = try bytes.bit() } else { _ = try bytes.number() }
        }
      }
      return
    }
    let row = isBitmap ? (width + 7) / 8 : width * channels * sample.byteCount
    var scratch = [UInt8](repeating: 0, count: min(row, 1 << 16))
    for _ in 0..<height {
      var left = row
      while left > 0 {
        let part = min(left, scratch.count)
        var failure: CodecError?
        let count = scratch.withUnsafeMutableBytes { buffer in
          do throws(CodecError) {
            return try bytes.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<part]))
          } catch {
            failure = error
            return 0
          }
        }
        if let failure { throw failure }
        guard count == part else {
          throw .truncated(.pnm, "within a picture before the one wanted")
        }
        left -= part
      }
    }
  }
}
