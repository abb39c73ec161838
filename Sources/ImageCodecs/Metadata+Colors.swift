import CImageCodecs

extension Metadata {
  /// What is said of colours that have been converted.
  public func converted(to target: ColorTarget) -> Metadata {
    var result = self
    // It says how colours of before become brighter ones.
    result.loseGainMap()
    result.colorProfile = target.profile
    (result.gamma, result.chromaticities) = (nil, nil)
    // Perceptual; formats other than PNG take sRGB for granted.
    result.srgbIntent = target == .srgb ? 0 : nil
    result.chunks.removeAll { ["cICP", "mDCV", "mDCv", "cLLI", "cLLi"].contains($0.name) }
    return result
  }

  /// Whether the colours are those of sRGB, as all viewers take for granted.
  var isSRGB: Bool {
    colorProfile == nil && (srgbIntent != nil || !isCalibrated)
  }

  /// Whether PNG's gAMA and cHRM say something else than sRGB.
  private var isCalibrated: Bool {
    let srgb: [Int32] = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000]
    return gamma.map { abs(Int($0) - 45455) > 500 } ?? false
      || chromaticities.map { zip($0, srgb).contains { abs($0 - $1) > 500 } } ?? false
  }

  /// Tells Little CMS of gAMA and cHRM, where they count.
  func calibrate(_ colors: inout codec_colors) {
    guard colorProfile == nil, srgbIntent == nil, isCalibrated else { return }
    // The gamma that stands for sRGB's curve is no power.
    if let gamma, abs(Int(gamma) - 45455) > 500 {
      colors.has_gamma = 1
      colors.gamma = gamma
    }
    if let chromaticities, chromaticities.count == 8, colors.colors == 3 {
      colors.has_chromaticities = 1
      withUnsafeMutableBytes(of: &colors.chromaticities) { target in
        chromaticities.withUnsafeBytes { target.copyMemory(from: $0) }
      }
    }
  }
}

/// Colours that are given by numbers (PNG's cICP, AVIF's nclx).
///
/// - SeeAlso: ITU-T H.273, 8.1 and 8.2.
struct CodedColors: Equatable {
  var primaries: Int
  var transfer: Int

  /// The primaries of BT.709, its curve or that of sRGB.
  var areSRGB: Bool { primaries == 1 && [1, 13].contains(transfer) }
}

extension Metadata {
  /// What cICP says; nil where there is none that PNG allows.
  var colorNumbers: CodedColors? {
    guard let bytes = chunks.first(where: { $0.name == "cICP" })?.bytes, bytes.count == 4 else {
      return nil
    }
    return CodedColors(primaries: Int(bytes[0]), transfer: Int(bytes[1]))
  }
}
