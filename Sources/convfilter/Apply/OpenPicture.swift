import ImageCodecs

/// A picture file whose header has been read.
struct OpenPicture: ~Copyable {
  private let file: OpenFile
  let name: String
  let status: FileStatus
  let reader: PictureReader

  /// - Throws: `FileError` or `CodecError`.
  init(_ job: Job, _ settings: PictureFilter.Settings) throws {
    let file =
      switch job.input {
      case .standardInput: OpenFile.standardInput
      case .file(let path): try OpenFile(path)
      }
    let status = try file.pictureStatus()
    // Inks stay inks where the result may be a JPEG.
    let reader = try PictureReader(
      .descriptor(file.descriptor), limits: settings.limits, damage: settings.damage,
      keepsCMYK: settings.profile != nil || settings.target(job.output)?.holdsInks ?? true,
      page: settings.page,
      all: settings.page == nil && !settings.takesFirstPicture)
    name = "\(job.input)"
    self.status = status
    self.reader = reader
    self.file = file
  }

  var pixels: Int { reader.format.width * reader.format.height }
}
