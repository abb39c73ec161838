import Raster

/// What can go wrong with a file; says what happened and what to do.
public enum CodecError: Error, Equatable, Sendable {
  /// The file has no bytes.
  case emptyFile
  /// The file begins like none of the formats that are read.
  case unknownFormat
  /// The file is a picture of a format that is not read.
  case foreignFormat(ForeignFormat)
  /// The library of the format cannot be loaded.
  case noLibrary(FileFormat, String)
  /// The format is read only.
  case notWritten(FileFormat)
  /// A page or frame that the file does not have.
  case noSuchPage(Int, of: Int)
  /// Pages cannot be chosen in this format.
  case noPages(FileFormat)
  case readFailed(errno: Int32)
  case writeFailed(errno: Int32)
  /// The file ends before the picture does.
  case truncated(FileFormat, String)
  /// The file breaks the rules of its format, or a checksum is wrong.
  case damaged(FileFormat, String)
  /// A legal file of a kind that is not read.
  case unsupported(FileFormat, String)
  case tooManyPixels(Int, limit: Int)
  /// All frames of an animation together.
  case tooManyFramePixels(Int, limit: Int)
  case tooMuchMetadata(bytes: Int, limit: Int)
  /// Decoding would take more memory than allowed, in bytes.
  case decoderTooLarge(FileFormat, bytes: Int, limit: Int)
  /// The scans of a JPEG file walk through more blocks than allowed.
  case tooManyScans(blocks: Int, limit: Int)
  case outOfMemory
  /// The library that writes the format does not take the picture or what is said of it.
  case refusedByWriter(FileFormat, String)
  /// A sample that is neither black nor white, for a file that holds these only.
  case notTwoLevels(sample: Int)
  /// The format has no place for such pixels.
  case cannotStore(FileFormat, ColorModel, SampleType)
  /// The format ends at `limit` pixels a side.
  case tooLargeToStore(FileFormat, side: Int, limit: Int)
  /// Colours cannot be converted through a profile.
  case profileRefused(String)
  /// Little CMS cannot be loaded.
  case noColorLibrary(String)
  case gzipDamaged(String)
  case gzipTooLong(limit: Int)
}

extension CodecError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .emptyFile: "the file is empty; get a good copy"
    case .unknownFormat: "not a picture of a format that is read; convert it to PNG first"
    case .foreignFormat(let format):
      "\(format.name) is not read here"
        + (format.library.map { ", as the program was built without \($0)" } ?? "")
        + (format.isPacked
          ? "; unpack it first, pictures or tar archives also through a pipe"
          : "; convert the file to PNG, JPEG or PNM")
    case .noLibrary(let format, let detail):
      "\(format.name) needs a library: \(detail); install it, or choose another format"
    case .notWritten(let format):
      "\(format.name) is read, not written; name the result .png, or say --format"
    case .noSuchPage(let page, let count):
      "there is no page \(page): the file has \(count)"
    case .noPages(let format):
      "pages of \(format.name) cannot be chosen; the first picture is the only one that is read"
    case .readFailed(let errno):
      "reading failed: \(systemMessage(errno)); the disk or the network may be at fault, "
        + "try again or copy it"
    case .writeFailed(let errno): "writing failed: \(systemMessage(errno))"
    case .truncated(let format, let detail):
      "the \(format.name) file is cut short (\(detail.shortened(to: 200))); get a whole copy, or tolerate damage"
    case .damaged(let format, let detail):
      "the \(format.name) file is damaged (\(detail.shortened(to: 200))); get a good copy, or tolerate damage"
    case .unsupported(let format, let detail):
      "this kind of \(format.name) file is not supported (\(detail.shortened(to: 200))); convert it first"
    case .tooManyPixels(let count, let limit):
      "the picture has \(count) pixels, the limit is \(limit); raise the limit to read it"
    case .tooManyFramePixels(let count, let limit):
      "its frames have \(count) pixels together, the limit is \(limit); raise the limit to read it"
    case .tooMuchMetadata(let bytes, let limit):
      "the file has \(bytes) bytes of metadata or more, the limit is \(limit); strip it first"
    case .decoderTooLarge(let format, let bytes, let limit):
      "decoding takes \(bytes) bytes of memory, the limit is \(limit); "
        + "raise the limit to hold it, or \(format.leanerForm)"
    case .tooManyScans(let blocks, let limit):
      "the scans walk through \(blocks) blocks, the limit is \(limit); the file is no photograph"
    case .outOfMemory: "not enough memory"
    case .refusedByWriter(let format, let detail):
      "the result cannot be written as \(format.name) (\(detail.shortened(to: 200))); choose another format, "
        + "or leave metadata out"
    case .notTwoLevels(let sample):
      "a .pbm file holds black and white only, the result has a sample of \(sample); "
        + "name it .pgm, or let the chain end with two levels"
    case .cannotStore(let format, let color, let sample):
      "\(format.name) cannot store \(Self.name(color)) with \(sample.byteCount * 8)-bit samples; "
        + (format.bits == 0
          ? "ask for floats, or choose another format" : "choose another format or depth")
    case .tooLargeToStore(let format, let side, let limit):
      "\(format.name) holds at most \(limit) pixels a side, the picture has \(side); "
        + "choose another format"
    case .profileRefused(let detail):
      "no conversion through the profile: \(detail)"
    case .noColorLibrary(let detail):
      "--profile needs Little CMS: \(detail); install it, or leave the colours as they are"
    case .gzipDamaged(let detail):
      "the gzip file is damaged (\(detail.shortened(to: 200))); get a good copy"
    case .gzipTooLong(let limit): "the gzip file unpacks to more than \(limit) bytes"
    }
  }

  private static func name(_ color: ColorModel) -> String {
    switch color {
    case .gray: "gray"
    case .grayAlpha: "gray and alpha"
    case .rgb: "RGB"
    case .rgba: "RGB and alpha"
    case .cmyk: "CMYK"
    }
  }
}
