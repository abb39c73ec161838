import Raster

/// What a picture of the differences looks like: |a − b| · gain, cut at full intensity.
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
    case .float32: preconditionFailure("levels are integers")
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

/// Rows of 8 bits as rows of 16: 255 becomes 65535, so that both count on one scale.
public enum CommonScale {
  /// - Parameters:
  ///   - samples: in a row.
  ///   - target: the same rows, of 16 bits a sample.
  public static func widen(_ rows: RowBand, samples: Int, into target: RowBand) {
    precondition(rows.rows == target.rows, "other rows")
    for y in rows.rows {
      // Safety: the rows hold `samples` samples of 8 and of 16 bits.
      let source = rows.row(y).assumingMemoryBound(to: UInt8.self)
      let wide = target.row(y).assumingMemoryBound(to: UInt16.self)
      for x in 0..<samples { wide[x] = UInt16(source[x]) * 257 }
    }
  }
}
