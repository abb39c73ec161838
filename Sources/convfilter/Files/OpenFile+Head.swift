import Archives
import ImageCodecs
import Libc

extension OpenFile {
  /// Looks at the beginning of standard input.
  static func standardInputHead() -> InputHead {
    var bytes = [UInt8](repeating: 0, count: TarReader.headLength)
    let isSeekable = lseek(0, 0, SEEK_CUR) >= 0
    var count = 0
    while count < bytes.count {
      let read = bytes.withUnsafeMutableBytes { bytes in
        // What cannot be read fails again, and is told then.
        (try? Descriptor.read(0, into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...])))
          ?? 0
      }
      if read == 0 { break }
      count += read
    }
    bytes = Array(bytes.prefix(count))
    if isSeekable { lseek(0, -off_t(count), SEEK_CUR) }
    return InputHead(bytes: bytes, taken: isSeekable ? [] : bytes)
  }
}
