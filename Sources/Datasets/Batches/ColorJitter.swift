import Random

/// How much the colours of an image may change; each change is drawn by itself, in this order.
public struct ColorJitter: Sendable, Equatable {
  /// Levels are multiplied by 1 − x…1 + x (≥ 0; no factor is below 0).
  public var brightness: Float
  /// The distance from the mean brightness is multiplied by 1 − x…1 + x (≥ 0).
  public var contrast: Float
  /// The distance from gray is multiplied by 1 − x…1 + x (≥ 0); nothing for gray images.
  public var saturation: Float
  /// The hue is turned by −x…x of the circle (0…½); nothing for gray images.
  public var hue: Float

  public init(
    brightness: Float = 0, contrast: Float = 0, saturation: Float = 0, hue: Float = 0
  ) {
    precondition(brightness >= 0 && contrast >= 0 && saturation >= 0, "factors around 1")
    precondition(hue >= 0 && hue <= 0.5, "half the circle at most")
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
  }

  /// No change.
  public static let none = ColorJitter()

  func draw(_ random: CounterRandom, at place: UInt64) -> ColorChange {
    func around(_ limit: Float, _ place: UInt64) -> Float {
      max(0, 1 + limit * (2 * random.uniform(place) - 1))
    }
    return ColorChange(
      brightness: around(brightness, place), contrast: around(contrast, place + 1),
      saturation: around(saturation, place + 2),
      hue: hue * (2 * random.uniform(place + 3) - 1))
  }
}

/// What happens to the colours of one image. Levels are 0…255, and are cut to that after each change.
///
///     brightness   v ← b · v
///     contrast     v ← c · v + (1 − c) · mean of Y over the image
///     saturation   v ← s · v + (1 − s) · Y
///     hue          h ← h + t, as a share of the circle, in HSV
///     Y = 0.2989 · R + 0.587 · G + 0.114 · B
///
/// - SeeAlso: torchvision.transforms.ColorJitter, whose definitions these are.
package struct ColorChange: Equatable, Sendable {
  package var brightness: Float = 1
  package var contrast: Float = 1
  package var saturation: Float = 1
  package var hue: Float = 0

  package init(
    brightness: Float = 1, contrast: Float = 1, saturation: Float = 1, hue: Float = 0
  ) {
    (self.brightness, self.contrast) = (brightness, contrast)
    (self.saturation, self.hue) = (saturation, hue)
  }

  /// - Parameters:
  ///   - levels: `count · channels` levels, channel innermost.
  ///   - count: pixels (≥ 1).
  package func apply(_ levels: UnsafeMutablePointer<Float>, count: Int, channels: Int) {
    let samples = count * channels
    if brightness != 1 {
      for index in 0..<samples { levels[index] = Self.level(brightness * levels[index]) }
    }
    if contrast != 1 {
      let added = (1 - contrast) * Self.brightness(levels, count: count, channels: channels)
      for index in 0..<samples { levels[index] = Self.level(contrast * levels[index] + added) }
    }
    guard channels == 3, saturation != 1 || hue != 0 else { return }
    for pixel in 0..<count {
      let place = levels + 3 * pixel
      var color = SIMD3(place[0], place[1], place[2])
      if saturation != 1 {
        let added = (1 - saturation) * Self.gray(color)
        color = Self.level(saturation * color + added)
      }
      if hue != 0 { color = Self.turned(color, by: hue) }
      (place[0], place[1], place[2]) = (color[0], color[1], color[2])
    }
  }

  private static func level(_ value: Float) -> Float { min(max(value, 0), 255) }
  private static func level(_ color: SIMD3<Float>) -> SIMD3<Float> {
    color.clamped(lowerBound: .zero, upperBound: SIMD3(repeating: 255))
  }

  @inline(__always)
  private static func gray(_ color: SIMD3<Float>) -> Float {
    0.2989 * color[0] + 0.587 * color[1] + 0.114 * color[2]
  }

  /// The mean of Y, summed in double precision.
  private static func brightness(
    _ levels: UnsafePointer<Float>, count: Int, channels: Int
  ) -> Float {
    var sum = 0.0
    if channels == 3 {
      for pixel in 0..<count {
        let place = levels + 3 * pixel
        sum += Double(gray(SIMD3(place[0], place[1], place[2])))
      }
      return Float(sum / Double(count))
    }
    for index in 0..<count * channels { sum += Double(levels[index]) }
    return Float(sum / Double(count * channels))
  }

  /// The colour with another hue.
  static func turned(_ color: SIMD3<Float>, by hue: Float) -> SIMD3<Float> {
    let (r, g, b) = (color[0], color[1], color[2])
    let (most, least) = (max(r, g, b), min(r, g, b))
    let range = most - least
    // Gray has no hue.
    if range == 0 { return color }
    var place: Float
    if most == r {
      place = (g - b) / range
    } else if most == g {
      place = 2 + (b - r) / range
    } else {
      place = 4 + (r - g) / range
    }
    place = place / 6 + hue
    place = 6 * (place - place.rounded(.down))
    let sector = min(place.rounded(.down), 5)
    let (rising, falling) = (least + range * (place - sector), most - range * (place - sector))
    switch sector {
    case 0: return SIMD3(most, rising, least)
    case 1: return SIMD3(falling, most, least)
    case 2: return SIMD3(least, most, rising)
    case 3: return SIMD3(least, falling, most)
    case 4: return SIMD3(rising, least, most)
    default: return SIMD3(most, least, falling)
    }
  }
}
