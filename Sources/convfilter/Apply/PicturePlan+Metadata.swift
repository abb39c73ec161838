import ImageCodecs
import KernelLanguage
import PictureFilters

extension PicturePlan {
  /// What the input says, made true of the result, and what was taken out of it.
  func described(_ said: Metadata) -> (metadata: Metadata, lost: [String]) {
    var metadata = profile.map { said.converted(to: $0) } ?? said
    let lost = metadata.describe(output, turned: turn != .upright, moved: movesPixels)
    return (metadata, lost)
  }

  /// The words of a reader, with the option that helps.
  static func remedied(_ warnings: [String]) -> [String] {
    warnings.map { $0.replacing("convert through it", with: "--profile srgb converts through it") }
  }

  private var movesPixels: Bool {
    (source.width, source.height) != (output.width, output.height)
      || course.stages.contains(where: \.movesPixels)
  }

  /// Warnings of what came to light only with the last row.
  func warnings(behind reader: PictureReader, _ settings: PictureFilter.Settings) -> [String] {
    // Of several pictures the reader speaks of the last; the others have been planned as it came to them.
    if reader.series != nil {
      return Self.remedied(reader.warnings)
        + (reader.isDamaged ? ["is damaged; parts of it are made up"] : [])
    }
    return Self.remedied(reader.warnings) + filter.lateWarnings.map(\.description)
      + (settings.keepsMetadata
        ? noPlace(
          for: metadata.lostBehindPixels(late: described(reader.metadata).metadata, in: fileFormat))
        : [])
      + (Course(reader, fileFormat, settings) == course
        ? [] : ["says only behind its pixels how to turn it: it was filtered as it is stored"])
      + (reader.isDamaged ? ["is damaged; parts of it are made up"] : [])
  }

  func noPlace(for lost: [String]) -> [String] {
    // JPEG XL has a place for most of it, which is not filled.
    let lacks = fileFormat == .jpegXL ? "is written without" : "has no place for"
    return lost.map { "\(fileFormat.name) \(lacks) \($0): it is left out" }
  }
}

extension Stage {
  fileprivate var movesPixels: Bool {
    guard case .change(let change) = operation else { return false }
    return switch change {
    case .resize, .crop, .extend, .rotate, .flip: true
    case .gray, .invert, .levels, .threshold: false
    }
  }
}
