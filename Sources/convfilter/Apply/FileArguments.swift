import ArgumentParser
import ImageCodecs
import Raster

/// Options that say how picture files are read and written.
struct FileArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Format of the results: \(FormatText.written) (default: by the output's name, else the input's).",
      valueName: "name"),
    completion: .list(FormatText.names))
  var format: String?

  @Option(
    help: ArgumentHelp(
      "Quality of lossy results, 1 to 100 (default: JPEG the input's tables, else 92; WebP 75, JPEG XL 90, AVIF 50).",
      valueName: "percent"))
  var quality: Int?

  @Option(
    help: ArgumentHelp(
      "WebP, JPEG XL or AVIF with the pixels as they are: yes or no "
        + "(default: as the input of WebP and JPEG XL, else no; AVIF: no).",
      valueName: "yes|no"),
    completion: .list(["yes", "no"]))
  var lossless: String?

  @Option(
    help: ArgumentHelp(
      "JPEG colour sampling: 4:4:4, 4:2:2, 4:4:0, 4:2:0 or 4:1:1 "
        + "(default: the input's, else 4:4:4).", valueName: "ratio"),
    completion: .list(["4:4:4", "4:2:2", "4:4:0", "4:2:0", "4:1:1"]))
  var sampling: String?

  @Option(
    help: ArgumentHelp(
      "JPEG in scans that grow sharper: yes or no (default: as the input).", valueName: "yes|no"),
    completion: .list(["yes", "no"]))
  var progressive: String?

  @Option(
    help: ArgumentHelp(
      "TIFF compression: none, lzw, deflate or zstd (default: as the input if one of these, else deflate).",
      valueName: "name"),
    completion: .list(["none", "lzw", "deflate", "zstd"]))
  var compression: String?

  @Option(
    help: ArgumentHelp(
      "PNG and TIFF effort, 0 (fastest) to 9 (smallest) (default: \(WritingOptions().pngLevel)).",
      valueName: "level"))
  var pngLevel: Int?

  @Option(
    help: ArgumentHelp(
      "EXIF, XMP, texts and comments: keep or strip (colour profiles stay).", valueName: "what"),
    completion: .list(MetadataChoice.allCases.map(\.rawValue)))
  var metadata = MetadataChoice.keep.rawValue

  @Option(
    help: ArgumentHelp(
      "Bring colours from the picture's profile to this one, then filter: srgb or an ICC file (default: as they are).",
      valueName: "profile"),
    completion: .file(extensions: ["icc", "icm"]))
  var profile: String?

  @OptionGroup
  var bounds: LimitArguments

  @Option(
    help: ArgumentHelp(
      "Read only this picture of a file with several, from 1 (default: all).",
      valueName: "number"))
  var page: Int?

  @Flag(help: "Read only the first picture of a file, and say nothing of what else it holds.")
  var firstPicture = false

  @Flag(help: "Write what could be read of a damaged picture, with a warning.")
  var tolerateDamage = false

  @Option(
    help: ArgumentHelp(
      "Pictures in tar archives that cannot be filtered: drop or keep (as they are); counted in any case.",
      valueName: "what"),
    completion: .list(BadMembers.allCases.map(\.rawValue)))
  var badMembers = BadMembers.drop.rawValue

  func validate() throws {
    if let quality, !(1...100).contains(quality) {
      throw ValidationError("--quality \(quality): must be 1 to 100")
    }
    try PageNumber.check(page)
    if let page {
      if firstPicture && page > 1 {
        throw ValidationError("--page \(page) and --first-picture contradict each other; drop one")
      }
    }
    if lossless == "yes", quality != nil {
      throw ValidationError("--lossless yes knows no --quality; drop one")
    }
    if let pngLevel, !(0...9).contains(pngLevel) {
      throw ValidationError("--png-level \(pngLevel): must be 0 to 9")
    }
    _ = try (target(), writing(), keepsMetadata(), keepsBadMembers())
  }

  /// The format of the results, and the ending that their names take; nil to keep the input's.
  func target() throws -> (format: FileFormat, ending: String)? {
    try OptionText.value(format, of: "--format", expected: FormatText.written) { text in
      FileFormat(fileExtension: text).flatMap { format in
        if !format.isWritten { return nil }
        // `pgm` and the like say more than the name of the family.
        return (format, format == .jpeg ? "jpg" : text.lowercased())
      }
    }
  }

  func writing() throws -> WritingOptions {
    var options = WritingOptions()
    if let pngLevel { options.pngLevel = pngLevel }
    options.quality = quality
    options.pnmKind = format.flatMap { PNMKind(fileExtension: $0) }
    options.jpegSubsampling = try OptionText.value(
      sampling, of: "--sampling", expected: "4:4:4, 4:2:2, 4:4:0, 4:2:0 or 4:1:1"
    ) { JPEGEncoding.Sampling(ratio: $0) }
    options.tiffCompression = try OptionText.value(
      compression, of: "--compression", expected: "none, lzw, deflate or zstd"
    ) { ["none": .none, "lzw": .lzw, "deflate": .deflate, "zstd": .zstd][$0] }
    options.isLossless = try OptionText.value(
      lossless, of: "--lossless", expected: "yes or no"
    ) { ["yes": true, "no": false][$0] }
    options.jpegProgressive = try OptionText.value(
      progressive, of: "--progressive", expected: "yes or no"
    ) { ["yes": true, "no": false][$0] }
    return options
  }

  func keepsBadMembers() throws -> Bool {
    try OptionText.choice(badMembers, of: "--bad-members", as: BadMembers.self) == .keep
  }

  func keepsMetadata() throws -> Bool {
    try OptionText.choice(metadata, of: "--metadata", as: MetadataChoice.self) == .keep
  }
}

/// How the formats of results are called in help and messages, those that a build may lack included: help
/// is the same for all.
enum FormatText {
  static let names = ["png", "jpeg", "pnm", "npy", "webp", "pfm", "tiff", "jxl", "avif"]
  static let written = names.dropLast().joined(separator: ", ") + " or " + names.last!
}

enum BadMembers: String, CaseIterable {
  case drop, keep
}

enum MetadataChoice: String, CaseIterable {
  case keep, strip
}
