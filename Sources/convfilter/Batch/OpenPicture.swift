import ImageCodecs
import Raster

/// A picture file whose header has been read.
struct OpenPicture: ~Copyable {
  private let file: OpenFile
  let name: String
  let status: FileStatus
  let reader: PictureReader

  /// - Throws: `FileError` or `CodecError`.
  init(_ input: Job.Input, _ settings: PictureFilter.Settings) throws {
    let file =
      switch input {
      case .standardInput: OpenFile.standardInput
      case .file(let path): try OpenFile(path)
      }
    let status = try file.pictureStatus()
    let reader = try PictureReader(
      .descriptor(file.descriptor), limits: settings.limits, damage: settings.damage,
      keepsCMYK: settings.keepsCMYK)
    name = "\(input)"
    self.status = status
    self.reader = reader
    self.file = file
  }

  var pixels: Int { reader.format.width * reader.format.height }
}
