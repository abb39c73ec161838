import ImageCodecs
import Testing

/// CIELAB of TIFF.
@Suite("CIELAB", .enabled(if: FileFormat.written.contains(.tiff)))
struct LabTests {
  /// What scikit-image 0.26 makes of some colours:
  ///
  ///     np.round(skimage.color.lab2rgb([[L / 2.55, a, b], …], illuminant='D65') * 255)
  ///
  /// a and b are bytes with a sign.
  private static let lab: [UInt8] = [
    255, 0, 0, 191, 0, 0, 128, 0, 0, 64, 0, 0, 0, 0, 0, 150, 60, 40, 120, 206, 30, 90, 20, 186, 200,
    10, 60,
  ]
  private static let rgb = [
    255, 255, 255, 184, 184, 184, 119, 119, 119, 60, 60, 60, 0, 0, 0, 246, 87, 75, 0, 130, 58, 0,
    81,
    197, 242, 185, 78,
  ]

  @Test("white is white, and other colours are within a few levels of scikit-image's")
  func colors() throws {
    let seen = try decode(tiff(Self.lab, photometric: 8)).samples(as: UInt8.self).map { Int($0) }
    try #require(seen.count == Self.rgb.count)
    for (index, (level, wanted)) in zip(seen, Self.rgb).enumerated() {
      // libtiff's display has a power of 2.4, which is not quite the curve of sRGB.
      #expect(abs(level - wanted) <= 5, "\(index)")
    }
    for pixel in 0..<5 {
      let gray = seen[3 * pixel..<3 * pixel + 3]
      #expect(gray.max()! - gray.min()! <= 2, "\(pixel)")
    }
  }
}
