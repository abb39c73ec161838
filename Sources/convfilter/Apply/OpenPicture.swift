import ImageCodecs
import Libc

/// A picture file whose header has been read.
struct OpenPicture: ~Copyable {
  /// nil for a member of an archive.
  private let file: OpenFile?
  let name: String
  let status: FileStatus
  let reader: PictureReader
  /// Reads the picture from its start once more; nil where it can be read only once, and for a file of several.
  let again: (() throws -> PictureReader)?

  /// - Parameter head: what has been read of standard input already.
  /// - Throws: `FileError` or `CodecError`.
  init(_ job: Job, _ settings: PictureFilter.Settings, head: [UInt8] = []) throws {
    let file = try OpenFile(job.input)
    let status = try file.pictureStatus()
    let reader = try Self.reader(.begun(file.descriptor, head), job, settings)
    name = "\(job.input)"
    self.status = status
    self.reader = reader
    let descriptor = file.descriptor
    again =
      job.input == .standardInput || status.kind != .regular || reader.series != nil
      ? nil
      : {
        if lseek(descriptor, 0, SEEK_SET) < 0 { throw CodecError.readFailed(errno: errno) }
        return try Self.reader(.descriptor(descriptor), job, settings)
      }
    self.file = .some(consume file)
  }

  /// A member of an archive, which has all its bytes; the status is the archive's.
  init(
    _ job: Job, _ bytes: [UInt8], _ status: FileStatus, _ settings: PictureFilter.Settings
  ) throws {
    let reader = try Self.reader(.bytes(bytes), job, settings)
    self.reader = reader
    again = reader.series != nil ? nil : { try Self.reader(.bytes(bytes), job, settings) }
    name = "\(job.input)"
    self.status = status
    file = nil
  }

  private static func reader(
    _ source: ByteSource, _ job: Job, _ settings: PictureFilter.Settings
  ) throws(CodecError) -> PictureReader {
    // Inks stay inks where the result may be a JPEG.
    let reader = try PictureReader(
      source, limits: settings.limits, damage: settings.damage,
      keepsCMYK: settings.profile != nil || settings.target(job.output)?.holdsInks ?? true,
      page: settings.page,
      all: settings.page == nil && !settings.takesFirstPicture)
    if reader.fileFormat == .jpeg, settings.leavesGainMapTrue(of: reader, in: job.output) {
      reader.keepGainMap()
    }
    return reader
  }

  var pixels: Int { reader.format.width * reader.format.height }
}
