import Raster

/// Turns rows of any picture into rows of 8-bit gray or RGB without alpha.
struct LevelRow {
  private let format: PictureFormat
  private let channels: Int
  private let background: SIMD3<Int>

  init(_ format: PictureFormat, channels: Int, background: SIMD3<UInt8>) {
    self.format = format
    self.channels = channels
    self.background = SIMD3(truncatingIfNeeded: background)
  }

  /// - Parameter target: receives `width · channels` levels, 0…255.
  func read(_ row: UnsafeRawPointer, into target: UnsafeMutablePointer<UInt8>) {
    // Safety: a row holds `samplesPerRow` samples of its type; the target a pixel for each.
    switch format.sample {
    case .uint8:
      let samples = row.assumingMemoryBound(to: UInt8.self)
      if format.color.channels == channels && !format.color.hasAlpha {
        target.update(from: samples, count: format.samplesPerRow)
      } else {
        convert(target) { Int(samples[$0]) }
      }
    case .uint16:
      let samples = row.assumingMemoryBound(to: UInt16.self)
      convert(target) { (Int(samples[$0]) * 255 + 32767) / 65535 }
    case .float32:
      let samples = row.assumingMemoryBound(to: Float.self)
      convert(target) { samples[$0] > 0 ? Int(min(1, samples[$0]) * 255 + 0.5) : 0 }
    }
  }

  @inline(__always)
  private func convert(_ target: UnsafeMutablePointer<UInt8>, _ level: (Int) -> Int) {
    for x in 0..<format.width {
      var colour: SIMD3<Int>
      switch format.color {
      case .gray: colour = SIMD3(repeating: level(x))
      case .grayAlpha: colour = over(SIMD3(repeating: level(2 * x)), level(2 * x + 1))
      case .rgb: colour = SIMD3(level(3 * x), level(3 * x + 1), level(3 * x + 2))
      case .rgba:
        colour = over(
          SIMD3(level(4 * x), level(4 * x + 1), level(4 * x + 2)), level(4 * x + 3))
      case .cmyk:
        let light = 255 - level(4 * x + 3)
        colour = SIMD3(level(4 * x), level(4 * x + 1), level(4 * x + 2))
        colour = ((255 &- colour) &* light &+ 127) / 255
      }
      if channels == 3 {
        for channel in 0..<3 { target[3 * x + channel] = UInt8(colour[channel]) }
      } else {
        target[x] = Self.gray(colour)
      }
    }
  }

  /// Straight alpha laid over the background, rounded.
  @inline(__always)
  private func over(_ colour: SIMD3<Int>, _ alpha: Int) -> SIMD3<Int> {
    (colour &* alpha &+ background &* (255 - alpha) &+ 127) / 255
  }

  /// Brightness by Rec. 601, in 16 bits of fixed point; a gray colour keeps its level.
  @inline(__always)
  static func gray(_ colour: SIMD3<Int>) -> UInt8 {
    UInt8((colour[0] * 19595 + colour[1] * 38470 + colour[2] * 7471 + 32768) >> 16)
  }
}
