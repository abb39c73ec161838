import ImageCodecs
import KernelLanguage
import PictureFilters
import Raster

extension PictureFilter {
  /// What is to be done to each picture.
  struct Settings: Sendable {
    var stages: [Stage]
    /// For every picture; `channels` adds what depends on the picture.
    var options: FilterOptions
    var channels: ChannelSelection
    /// Where results take the place of the pictures.
    var selection: Selection
    /// What results with alpha are laid on where the format holds none; nil for the picture's own.
    var background: Metadata.Background?
    var limits: Limits
    /// What all pictures that are worked on at a time may take together.
    var memory: MemoryLimit
    var damage: DamagePolicy
    /// Nil: by the output's name, else the input's.
    var format: FileFormat?
    var writing: WritingOptions
    var keepsMetadata: Bool
    /// What colours become before they are filtered; nil to leave them.
    var profile: ColorTarget?
    /// Whether what a file holds besides its picture may be lost without a word.
    var takesFirstPicture: Bool
    /// Which picture of a file, from 1; nil for the first.
    var page: Int?
    var existing: ExistingFile
    var isDryRun: Bool
    var preservesTimes: Bool
    /// Whether warnings are errors.
    var isStrict: Bool
    /// How tar archives are filtered.
    var archives = ArchiveSettings()
  }
}

extension PictureFilter.Settings {
  /// For all that decides about the bytes of results.
  var fingerprint: Fingerprint {
    var settings = self
    // These decide whether a result is written, not what it is.
    settings.limits = Limits()
    settings.memory = .none
    settings.existing = .replace
    settings.isDryRun = false
    settings.preservesTimes = false
    settings.isStrict = false
    // Which members of an archive are pictures to be filtered is part of its result; of files each is its own.
    settings.archives.filter = nil
    return Fingerprint([settings])
  }

  /// The format of the result as far as it is known without the input.
  func target(_ output: Job.Output) -> FileFormat? {
    if let format { return format }
    guard case .file(let path, _) = output else { return nil }
    return FileFormat(fileExtension: path.fileExtension)
  }
}
