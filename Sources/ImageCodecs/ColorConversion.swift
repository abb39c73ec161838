import CImageCodecs
import Raster

/// What colours are to become.
public enum ColorTarget: Sendable, Hashable {
  /// sRGB; gray stays gray, with the curve of sRGB.
  case srgb
  /// An ICC profile of gray or RGB.
  case icc([UInt8], colors: Int)

  /// - Parameter bytes: an ICC profile.
  /// - Throws: `CodecError.profileRefused` for what is none, or one of other colours.
  public init(icc bytes: [UInt8]) throws(CodecError) {
    var result = codec_result()
    let colors = codec_block.with(bytes) { Int(codec_profile_colors($0, &result)) }
    if result.code != Int32(CODEC_OK.rawValue) { throw .profile(result) }
    guard colors > 0 else { throw .profileRefused("it is no ICC profile of gray or RGB") }
    guard colors < 4 else { throw .profileRefused("it is for inks, results are gray or RGB") }
    self = .icc(bytes, colors: colors)
  }

  /// How many there are, nil for as many as before.
  fileprivate var colors: Int? {
    if case .icc(_, let colors) = self { colors } else { nil }
  }

  /// What a file says of the colours.
  var profile: Metadata.ColorProfile? {
    guard case .icc(let bytes, _) = self else { return nil }
    return Metadata.ColorProfile(name: "icc", bytes: bytes)
  }
}

/// Brings the rows of a picture from the colours that its file speaks of to others, through Little CMS:
/// perceptual, as Pillow's `ImageCms` does it; alpha stays as it is.
///
/// - SeeAlso: ICC.1:2010; Little CMS 2.
public final class ColorConversion: @unchecked Sendable {
  // Safety: a transform without a cache serves any number of threads.
  private let transform: OpaquePointer?
  private let from: PictureFormat
  /// What the converted rows look like.
  public let format: PictureFormat
  /// Whether inks have no profile, and are mixed as light first.
  public let mixesInks: Bool

  /// Nil where the colours are those already.
  ///
  /// - Parameters:
  ///   - format: of the rows: gray, RGB, or inks as they are.
  ///   - metadata: what the file says of its colours; those of which it says nothing are sRGB.
  /// - Throws: `CodecError.profileRefused`, or `.noColorLibrary`.
  public init?(
    _ format: PictureFormat, _ metadata: Metadata, to target: ColorTarget
  ) throws(CodecError) {
    let own = metadata.colorProfile
    if own == nil, metadata.colorNumbers?.areSRGB == false {
      throw .profileRefused("it gives its colours by numbers (cICP)")
    }
    mixesInks = format.color == .cmyk && own == nil
    let colors = mixesInks ? 3 : format.color == .cmyk ? 4 : format.color.colorChannels
    let wanted = target.colors ?? (colors == 1 ? 1 : 3)
    let isThere =
      target == .srgb ? metadata.isSRGB : own != nil && own?.bytes == target.profile?.bytes
    if isThere, !mixesInks { return nil }
    from = format
    var converted = format
    let hasAlpha = format.color.hasAlpha
    converted.color = wanted == 1 ? (hasAlpha ? .grayAlpha : .gray) : hasAlpha ? .rgba : .rgb
    self.format = converted
    if isThere {
      transform = nil
      return
    }
    var source = codec_colors()
    source.colors = Int32(colors)
    metadata.calibrate(&source)
    var result = codec_result()
    transform = codec_block.with(own?.bytes) { profile in
      codec_block.with(target.profile?.bytes) { other in
        source.profile = profile
        var goal = codec_colors()
        goal.colors = Int32(wanted)
        goal.profile = other
        return codec_transform_open(
          &source, &goal, hasAlpha ? 1 : 0, Int32(format.sample.byteCount), &result)
      }
    }
    if transform == nil { throw .profile(result) }
  }

  deinit { codec_transform_close(transform) }

  /// The rows of a source, converted.
  public func source(_ source: any RowSource) -> any RowSource {
    precondition(source.format.color == from.color, "a conversion is made for one kind of pixels")
    return ConvertedSource(source, self)
  }

  /// Converts a row in `input`; `light` has room for one without inks.
  fileprivate func convert(
    _ input: UnsafePointer<UInt8>, _ light: UnsafeMutablePointer<UInt8>,
    to output: UnsafeMutablePointer<UInt8>, _ width: Int
  ) {
    if mixesInks {
      let light = transform == nil ? output : light
      if from.sample == .uint8 {
        Self.mix(input, to: light, width)
      } else {
        // Safety: rows of pictures begin where numbers of 16 bits may.
        Self.mix(
          UnsafeRawPointer(input).assumingMemoryBound(to: UInt16.self),
          to: UnsafeMutableRawPointer(light).assumingMemoryBound(to: UInt16.self), width)
      }
    }
    // Safety: rows have `width` pixels of the formats that the transform was made for.
    if let transform {
      codec_transform_run(transform, mixesInks ? UnsafePointer(light) : input, output, width)
    }
  }

  /// Inks as light: R = (full − C) · (full − K) / full, rounded.
  private static func mix<Sample: FixedWidthInteger>(
    _ inks: UnsafePointer<Sample>, to light: UnsafeMutablePointer<Sample>, _ width: Int
  ) {
    let full = Int(Sample.max)
    for x in 0..<width {
      let black = full - Int(inks[4 * x + 3])
      for color in 0..<3 {
        light[3 * x + color] = Sample(
          ((full - Int(inks[4 * x + color])) * black + full / 2) / full)
      }
    }
  }
}

/// Reads rows and converts them one by one.
private final class ConvertedSource: RowSource {
  let format: PictureFormat
  private let source: any RowSource
  private let conversion: ColorConversion
  private let row: Picture
  private let light: Picture
  private var next = 0

  init(_ source: any RowSource, _ conversion: ColorConversion) {
    self.source = source
    self.conversion = conversion
    var format = source.format
    format.color = conversion.format.color
    self.format = format
    var one = source.format
    one.height = 1
    row = Picture(one)
    // Room enough for RGB.
    light = Picture(one)
  }

  func read(into band: RowBand) throws {
    for y in band.rows {
      try source.read(into: RowBand(base: row.row(0), pitch: row.pitch, firstRow: y, count: 1))
      conversion.convert(
        row.row(0).assumingMemoryBound(to: UInt8.self),
        light.row(0).assumingMemoryBound(to: UInt8.self),
        to: band.row(y).assumingMemoryBound(to: UInt8.self), format.width)
    }
  }
}

extension CodecError {
  fileprivate static func profile(_ result: codec_result) -> CodecError {
    let detail = withUnsafeBytes(of: result.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return codec_code(rawValue: codec_code.RawValue(result.code)) == CODEC_NO_LIBRARY
      ? .noColorLibrary(detail) : .profileRefused(detail)
  }
}
