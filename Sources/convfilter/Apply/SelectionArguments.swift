import ArgumentParser
import ImageCodecs
import PictureFilters
import Raster
import Text

/// Options that say which part of a picture takes the result.
struct SelectionArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Filter only this part, the rest stays: 200x100+30+40 (X and Y from the top left corner).",
      valueName: "WxH+X+Y"))
  var region: String?

  @Option(
    help: ArgumentHelp(
      "A gray picture of the same size: white takes the result, black keeps the picture.",
      valueName: "file"),
    completion: .file())
  var mask: String?

  @Option(
    help: ArgumentHelp(
      "What a result with alpha is laid on where the format holds none: #rgb, #rrggbb, R,G,B, white or "
        + "black (default: the picture's own background, else white).", valueName: "colour"))
  var background: String?

  func validate() throws { _ = try (parsedRegion(), parsedBackground()) }

  func parsedRegion() throws -> Selection.Region? {
    try OptionText.value(region, of: "--region", expected: "a size and a place as 200x100+30+40") {
      Selection.Region($0)
    }
  }

  func parsedBackground() throws -> Metadata.Background? {
    try OptionText.value(
      background, of: "--background", expected: "a colour as #ffcc00, 255,204,0, white or black"
    ) { Metadata.Background(color: $0) }
  }
}

extension Selection.Region {
  /// `WxH+X+Y`, `WxH-X-Y`, or `WxH` at the top left.
  init?(_ text: String) {
    let isSign = { (byte: Character) in byte == "+" || byte == "-" }
    let sizeEnd = text.firstIndex(where: isSign) ?? text.endIndex
    guard let size = axisLengths(String(text[..<sizeEnd]), separators: "xX×"), size.count == 2
    else { return nil }
    var place = [0, 0]
    if sizeEnd < text.endIndex {
      let rest = text[sizeEnd...]
      guard let second = rest.dropFirst().firstIndex(where: isSign),
        let x = Int(rest[..<second]), let y = Int(rest[second...])
      else { return nil }
      place = [x, y]
    }
    self.init(x: place[0], y: place[1], width: size[0], height: size[1])
  }
}

extension Metadata.Background {
  /// `#rgb`, `#rrggbb`, `R,G,B` or one level of 8 bits, `white` or `black`.
  init?(color text: String) {
    let samples: [Int]
    switch text.lowercased() {
    case "white": samples = [255]
    case "black": samples = [0]
    case let text where text.hasPrefix("#"):
      let digits = text.dropFirst().compactMap(\.hexDigitValue)
      guard digits.count == text.count - 1 else { return nil }
      switch digits.count {
      case 3: samples = digits.map { $0 * 17 }
      case 6: samples = [0, 2, 4].map { digits[$0] * 16 + digits[$0 + 1] }
      default: return nil
      }
    default:
      guard let levels = Int.list(text), [1, 3].contains(levels.count),
        levels.allSatisfy((0...255).contains)
      else { return nil }
      samples = levels
    }
    self.init(samples: samples, bits: 8)
  }
}

extension Picture {
  /// The mask of a file, upright.
  ///
  /// - Throws: a `CommandFailure` that names it.
  static func mask(_ name: String, limits: Limits) throws -> Picture {
    try CommandFailure.at(name) {
      if name == "-" {
        throw CommandFailure(
          "standard input is for pictures; name a file as the mask", at: "--mask -")
      }
      let file = try OpenFile(FilePath(argument: name))
      let reader = try PictureReader(.descriptor(file.descriptor), limits: limits, all: true)
      let advice = "a mask is one"
      try reader.checkIsAlone(at: name, advice)
      guard reader.format.color == .gray, reader.format.sample != .float32 else {
        throw CommandFailure(
          "is no gray picture of 8 or 16 bits without alpha, as a mask must be; "
            + "'-k gray --depth 8' makes one of it", at: name)
      }
      let picture = try reader.readPicture()
      try reader.checkEndsHere(at: name, advice)
      return picture.upright(from: reader.metadata.orientation)
    }
  }
}
