import CImageCodecs
import Raster

/// Whether a colour profile speaks of the pixels that it is to travel with.
extension Metadata {
  /// Takes out the profile of inks that become light without it.
  ///
  /// - Returns: what that means for the picture, in words.
  mutating func mixInks() -> String {
    if colorProfile == nil { return "its inks have no colour profile: they are mixed as light" }
    colorProfile = nil
    return "its inks are mixed as light without their colour profile, which is left out; "
      + "convert through it"
  }

  /// Takes out a colour profile that means nothing to the pixels of a result: some viewers refuse the whole
  /// picture for one, and libjxl 0.7 ends the program. What is no profile is as it was, where the library takes it.
  ///
  /// - Parameters:
  ///   - color: of the result.
  ///   - format: its file; WebP and AVIF store gray as RGB.
  /// - Returns: what was taken out, in words.
  mutating func loseForeignProfile(_ color: ColorModel, in format: FileFormat) -> String? {
    guard let profile = colorProfile, format.holdsProfiles else { return nil }
    let colors = format.holdsGray ? color.colorChannels : 3
    guard let fault = profile.fault(colors: colors, in: format) else { return nil }
    colorProfile = nil
    return fault
  }
}

extension Metadata.ColorProfile {
  /// What the profile is for, by its header: GRAY, RGB, CMYK, Lab and others; nil for what is no profile.
  ///
  /// - SeeAlso: ICC.1:2010, 7.2.
  var space: String? {
    guard bytes.count >= 132, bytes[36..<40].elementsEqual("acsp".utf8) else { return nil }
    return String(decoding: bytes[16..<20].prefix { $0 > 32 && $0 < 127 }, as: UTF8.self)
  }

  /// Why the profile cannot stand beside pixels of so many colours, or nil.
  fileprivate func fault(colors: Int, in format: FileFormat) -> String? {
    // libpng says itself what it does not take.
    guard let space else { return format == .jpegXL ? "a colour profile that is none" : nil }
    let wanted = colors == 1 ? "GRAY" : colors == 3 ? "RGB" : "CMYK"
    // Many a gray JPEG or TIFF has a profile of RGB, and is read all the same.
    if space == "RGB", colors == 1, format == .jpeg || format == .tiff { return nil }
    if space != wanted { return "a colour profile of \(space) beside pixels of \(wanted)" }
    // libjxl converts through it.
    if format == .jpegXL, codec_has_lcms() != 0, !isUsable(colors) {
      return "a colour profile through which nothing can be converted"
    }
    return nil
  }

  /// Whether Little CMS finds its way from the colours of the profile to sRGB.
  private func isUsable(_ colors: Int) -> Bool {
    var result = codec_result()
    let transform = codec_block.with(bytes) { block in
      var (from, to) = (codec_colors(), codec_colors())
      (from.colors, to.colors) = (Int32(colors), Int32(colors))
      from.profile = block
      return codec_transform_open(&from, &to, 0, 1, &result)
    }
    codec_transform_close(transform)
    // Where the library itself is missing, the profile is not to blame.
    return result.code == Int32(CODEC_OK.rawValue)
      || result.code == Int32(CODEC_NO_LIBRARY.rawValue)
  }
}

extension FileFormat {
  /// Whether a file has a place for a colour profile.
  fileprivate var holdsProfiles: Bool { ![.pnm, .npy, .pfm, .bmp, .gif].contains(self) }

  /// Whether gray is stored as such.
  fileprivate var holdsGray: Bool { ![.webp, .heif].contains(self) }
}
