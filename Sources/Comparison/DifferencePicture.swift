import Raster

/// What a picture of the differences looks like: |a − b| · gain, cut at full intensity; of floats as it is.
///
/// It holds no alpha, or nothing would be seen; where the alphas differ more than the colours, that is
/// what each colour shows.
public enum DifferencePicture {
  /// The format of the picture of the differences of pictures of this format.
  public static func format(_ format: PictureFormat) -> PictureFormat {
    var result = format
    switch format.color {
    case .gray, .grayAlpha: result.color = .gray
    case .rgb, .rgba: result.color = .rgb
    case .cmyk: preconditionFailure("inks are compared as light")
    }
    return result
  }

  /// Writes the rows of a band.
  ///
  /// - Parameters:
  ///   - format: of the pictures that are compared.
  ///   - gain: ≥ 1.
  ///   - target: rows of `format(_:)`, the same as those of the pictures.
  public static func write(
    _ first: RowBand, _ second: RowBand, format: PictureFormat, gain: Int, into target: RowBand
  ) {
    switch format.sample {
    case .uint8: write(first, second, format, gain, target, as: UInt8.self)
    case .uint16: write(first, second, format, gain, target, as: UInt16.self)
    case .float32: writeFloats(first, second, format, Float(gain), target)
    }
  }

  private static func writeFloats(
    _ first: RowBand, _ second: RowBand, _ format: PictureFormat, _ gain: Float, _ target: RowBand
  ) {
    precondition(first.rows == second.rows && first.rows == target.rows, "other rows")
    let (channels, colors) = (format.color.channels, format.color.colorChannels)
    for y in first.rows {
      // Safety: rows hold `width` pixels of their formats and are aligned to their samples.
      let a = first.row(y).assumingMemoryBound(to: Float.self)
      let b = second.row(y).assumingMemoryBound(to: Float.self)
      let result = target.row(y).assumingMemoryBound(to: Float.self)
      // The same infinity in both is no difference; what is no number (NaN) stays none.
      func difference(_ index: Int) -> Float { a[index] == b[index] ? 0 : abs(a[index] - b[index]) }
      for x in 0..<format.width {
        let alpha = format.color.hasAlpha ? difference(x * channels + colors) : 0
        for color in 0..<colors {
          let far = difference(x * channels + color)
          result[x * colors + color] = (far < alpha ? alpha : far) * gain
        }
      }
    }
  }

  private static func write<Sample: FixedWidthInteger & UnsignedInteger>(
    _ first: RowBand, _ second: RowBand, _ format: PictureFormat, _ gain: Int, _ target: RowBand,
    as type: Sample.Type
  ) {
    precondition(first.rows == second.rows && first.rows == target.rows, "other rows")
    let (channels, colors) = (format.color.channels, format.color.colorChannels)
    func difference(_ a: Sample, _ b: Sample) -> Sample { a > b ? a - b : b - a }
    for y in first.rows {
      // Safety: rows hold `width` pixels of their formats and are aligned to their samples.
      let a = first.row(y).assumingMemoryBound(to: Sample.self)
      let b = second.row(y).assumingMemoryBound(to: Sample.self)
      let result = target.row(y).assumingMemoryBound(to: Sample.self)
      for x in 0..<format.width {
        let least =
          format.color.hasAlpha
          ? difference(a[x * channels + colors], b[x * channels + colors]) : 0
        for color in 0..<colors {
          let far = max(least, difference(a[x * channels + color], b[x * channels + color]))
          let (product, overflow) = Int(far).multipliedReportingOverflow(by: gain)
          result[x * colors + color] = overflow ? .max : Sample(clamping: product)
        }
      }
    }
  }
}

/// Rows as rows of wider samples, so that both count on one scale: 255 becomes 65535, and both become 1 beside floats.
public enum CommonScale {
  /// - Parameters:
  ///   - samples: in a row.
  ///   - target: the same rows, of wider samples.
  public static func widen(
    _ rows: RowBand, _ sample: SampleType, samples: Int, into target: RowBand, _ wide: SampleType
  ) {
    precondition(rows.rows == target.rows, "other rows")
    for y in rows.rows {
      // Safety: the rows hold `samples` samples of their types.
      let (source, result) = (UnsafeRawPointer(rows.row(y)), target.row(y))
      switch (sample, wide) {
      case (.uint8, .uint16):
        let result = result.assumingMemoryBound(to: UInt16.self)
        let source = source.assumingMemoryBound(to: UInt8.self)
        for x in 0..<samples { result[x] = UInt16(source[x]) * 257 }
      case (.uint8, .float32):
        let result = result.assumingMemoryBound(to: Float.self)
        let source = source.assumingMemoryBound(to: UInt8.self)
        for x in 0..<samples { result[x] = Float(source[x]) / 255 }
      case (.uint16, .float32):
        let result = result.assumingMemoryBound(to: Float.self)
        let source = source.assumingMemoryBound(to: UInt16.self)
        for x in 0..<samples { result[x] = Float(source[x]) / 65535 }
      default: preconditionFailure("a wider type")
      }
    }
  }
}
