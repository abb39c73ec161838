import Raster

/// The header of a Netpbm file (netpbm.sourceforge.net/doc: pbm, pgm, ppm, pam).
struct PNMHeader: Equatable {
  var variant: Int
  var width: Int
  var height: Int
  var channels: Int
  /// The value of white; 1 for bitmaps, where 1 is black.
  var maximum: Int
  /// What the channels are.
  var color: ColorModel

  var isPlain: Bool { variant <= 3 }
  var isBitmap: Bool { variant == 1 || variant == 4 }
  var sample: SampleType { maximum > 255 ? .uint16 : .uint8 }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

  /// - Parameters:
  ///   - bytes: the file; stands at the first sample, and has the comments of the header, afterwards.
  ///   - limits: how long these may be.
  init(_ bytes: inout SourceBytes, _ limits: Limits) throws(CodecError) {
    bytes.keepComments(limits.metadataBytes)
    _ = try bytes.next()
    variant = Int(try bytes.next()) - 48
    guard (1...7).contains(variant) else { throw .damaged(.pnm, "what follows is no picture") }
    if variant == 7 {
      let pam = try PAMHeader(&bytes)
      (width, height, channels, maximum) = (pam.width, pam.height, pam.channels, pam.maximum)
      color = pam.color
    } else {
      width = try bytes.number()
      height = try bytes.number()
      color = variant == 3 || variant == 6 ? .rgb : .gray
      channels = color.channels
      maximum = variant == 1 || variant == 4 ? 1 : try bytes.number()
      // A single white space ends the header; `number` has passed over it.
    }
    guard width > 0, height > 0 else { throw .damaged(.pnm, "a side of no pixels") }
    guard (1...65535).contains(maximum) else {
      throw .damaged(.pnm, "a maximum of \(maximum); it lies between 1 and 65535")
    }
    bytes.keepComments(nil)
  }
}

extension PNMHeader {
  /// Passes over the samples of a picture that is not wanted.
  func skipSamples(_ bytes: inout SourceBytes) throws(CodecError) {
    if isPlain {
      for _ in 0..<height {
        for _ in 0..<width * channels {
          if isBitmap { _ = try bytes.bit() } else { _ = try bytes.number() }
        }
      }
      return
    }
    let row = isBitmap ? (width + 7) / 8 : width * channels * sample.byteCount
    var scratch = [UInt8](repeating: 0, count: min(row, 1 << 16))
    for _ in 0..<height {
      var left = row
      while left > 0 {
        let part = min(left, scratch.count)
        var failure: CodecError?
        let count = scratch.withUnsafeMutableBytes { buffer in
          do throws(CodecError) {
            return try bytes.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<part]))
          } catch {
            failure = error
            return 0
          }
        }
        if let failure { throw failure }
        guard count == part else {
          throw .truncated(.pnm, "within a picture before the one wanted")
        }
        left -= part
      }
    }
  }
}
