import ImageCodecs
import Raster

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
