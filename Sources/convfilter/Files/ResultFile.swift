import ImageCodecs
import Libc

/// Where a result is written.
enum ResultFile: ~Copyable {
  /// A file that appears when it is whole.
  case pending(PendingFile)
  /// A pipe or a device: what is written is seen at once.
  case stream(Stream)

  /// An open descriptor, closed with its value unless it is standard output.
  struct Stream: ~Copyable {
    let descriptor: Int32
    init(_ descriptor: Int32) { self.descriptor = descriptor }
    deinit { if descriptor > 2 { close(descriptor) } }
  }

  /// Standard output, for a picture.
  static func standardOutput() throws(FileError) -> ResultFile {
    if Terminal.isTerminal(1) { throw .isTerminal }
    return .stream(Stream(1))
  }

  /// The file at `place`; pipes and devices are written straight.
  init(_ place: OutputPlace) throws(FileError) {
    if place.existing?.kind == .other {
      let descriptor = place.path.withCString { open($0, O_WRONLY | O_CLOEXEC) }
      if descriptor < 0 { throw .unwritable(reason: errno) }
      self = .stream(Stream(descriptor))
    } else {
      self = .pending(try PendingFile(place.path))
    }
  }

  var descriptor: Int32 {
    switch self {
    case .pending(let file): file.descriptor
    case .stream(let stream): stream.descriptor
    }
  }

  /// Writes all bytes; a reader that has gone away ends the program quietly.
  static func write(_ bytes: [UInt8], to descriptor: Int32) throws(FileError) {
    try check(bytes.withUnsafeBytes { Descriptor.write($0, to: descriptor) })
  }

  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(FileError) {
    try check(Descriptor.write(bytes, to: descriptor))
  }

  private static func check(_ failure: Int32) throws(FileError) {
    if failure == 0 { return }
    Interruption.yield()
    if failure == EPIPE { Interruption.endByPipe() }
    throw .unwritable(reason: failure)
  }

  /// Ends the writing well.
  ///
  /// - Parameters:
  ///   - replacing: the file that gives way, or nil.
  ///   - mayReplace: whether a file that has come up meanwhile gives way too.
  ///   - durable: whether a power failure, too, is to leave the old file or the new one.
  ///   - times: the file whose times the result takes, or nil.
  ///   - announce: told of the whole file before it appears under its name; not called for pipes.
  consuming func publish(
    replacing: FileStatus?, mayReplace: Bool, durable: Bool, times: FileStatus?,
    announce: ((FileStatus) throws(FileError) -> Void)? = nil
  ) throws(FileError) {
    switch consume self {
    case .stream: return
    case .pending(let file):
      if let replacing { file.adopt(replacing) }
      if let times { file.adoptTimes(times) }
      if let announce { try announce(try FileStatus(descriptor: file.descriptor)) }
      try file.publish(replacing: mayReplace, durable: durable)
    }
  }
}
