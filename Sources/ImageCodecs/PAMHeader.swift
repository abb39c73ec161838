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
      if line.isEmpty { continue }
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
