import Foundation
import KernelLanguage
import PictureFilters

/// A weighted mean, pixel by pixel and tap by tap, by the formula.
struct ScalarBilateral: FilterBody {
  let kind: Bilateral
  let colors: Int
  let channels: Int
  let input: Element
  var windowRows: Int { kind.size }
  let rowStride = 1
  var output: Element { input }
  var reachSamples: Int { (windowRows - 1) * channels }
  var preferredRows: Int { 8 }
  var summary: String { "bilateral, pixel by pixel" }
  func scratchBytes(rows: Int, width: Int) -> Int { 0 }

  func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer
  ) {
    let radius = kind.size / 2
    var places: [(j: Int, i: Int)] = []
    for j in -radius...radius {
      for i in -radius...radius where i * i + j * j <= radius * radius { places.append((j, i)) }
    }
    func sample(_ row: Int, _ x: Int) -> Int { Int(self.input.integer(input[row], x)) }
    for row in 0..<rows {
      for x in stride(from: 0, to: width, by: channels) {
        let seen = places.map { place -> Seen in
          let at = (row: row + radius + place.j, x: x + (radius + place.i) * channels)
          let values = (0..<colors).map { sample(at.row, at.x + $0) }
          var apart = 0
          for color in 0..<colors {
            apart += abs(values[color] - sample(row + radius, x + radius * channels + color))
          }
          let distance = Double(place.i * place.i + place.j * place.j).squareRoot()
          return Seen(
            space: weight(distance, kind.sigmaSpace),
            likeness: weight(Double(apart), kind.sigmaColor), values: values)
        }
        for color in 0..<colors { self.output.store(mean(seen, color), output[row], x + color) }
      }
    }
  }

  private struct Seen {
    let space: Float
    let likeness: Float
    let values: [Int]
  }

  private func weight(_ distance: Double, _ sigma: Double) -> Float {
    Float(exp(distance * distance * (-0.5 / (sigma * sigma))))
  }

  /// Sums of bytes are of whole numbers in small windows and of floats in large ones.
  private func mean(_ seen: [Seen], _ color: Int) -> Int64 {
    if input == .uint16 {
      var (sum, total) = (0.0, 0.0)
      for one in seen {
        let weight = Double(one.space * one.likeness)
        sum += weight * Double(one.values[color])
        total += weight
      }
      return Int64(sum / total + 0.5)
    }
    if seen.count > 257 {
      var (sum, total) = (Float(0), Float(0))
      for one in seen {
        let weight = one.space * one.likeness
        sum += weight * Float(one.values[color])
        total += weight
      }
      return Int64(sum / total + 0.5)
    }
    var (sum, total) = (0, 0)
    for one in seen {
      let weight = Int((32767 * one.space * one.likeness).rounded())
      sum += weight * one.values[color]
      total += weight
    }
    return Int64(Float(sum) * (1 / Float(total)) + 0.5)
  }
}

/// A mean weighted by how alike surroundings are, pixel by pixel.
struct ScalarNonLocal: FilterBody {
  let kind: NonLocalMeans
  let colors: Int
  let channels: Int
  let input: Element
  private var reach: Int { kind.template / 2 + kind.search / 2 }
  var windowRows: Int { 2 * reach + 1 }
  let rowStride = 1
  var output: Element { input }
  var reachSamples: Int { 2 * reach * channels }
  var preferredRows: Int { 8 }
  var summary: String { "non-local means, pixel by pixel" }
  func scratchBytes(rows: Int, width: Int) -> Int { 0 }

  func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer
  ) {
    func sample(_ row: Int, _ pixel: Int, _ color: Int) -> Int64 {
      self.input.integer(input[row + reach], (pixel + reach) * channels + color)
    }
    let (half, radius, area) = (kind.search / 2, kind.template / 2, kind.template * kind.template)
    var power = 0
    while 1 << power < area { power += 1 }
    let scale = Double(Int(Int32.max) / (255 * kind.search * kind.search))
    func weight(_ distance: Int64) -> Int64 {
      let steps = distance >> Int64(power + (self.input == .uint8 ? 0 : 16))
      let mean = Double(steps) * (Double(1 << power) / Double(area))
      let weight =
        (scale * exp(-mean / (kind.strength * kind.strength * Double(colors)))).rounded(
          .toNearestOrEven)
      return weight < 0.001 * scale ? 0 : Int64(weight)
    }
    for row in 0..<rows {
      for pixel in 0..<width / channels {
        var total: Int64 = 0
        var sums = [Int64](repeating: 0, count: colors)
        for down in -half...half {
          for across in -half...half {
            var distance: Int64 = 0
            for j in -radius...radius {
              for i in -radius...radius {
                for color in 0..<colors {
                  let apart =
                    sample(row + j, pixel + i, color)
                    - sample(row + j + down, pixel + i + across, color)
                  distance += apart * apart
                }
              }
            }
            let weight = weight(distance)
            total += weight
            for color in 0..<colors {
              sums[color] += weight * sample(row + down, pixel + across, color)
            }
          }
        }
        for color in 0..<colors {
          self.output.store(
            (sums[color] + total / 2) / total, output[row], pixel * channels + color)
        }
      }
    }
  }
}

/// A sample's distance from the mean of its window, window by window.
struct ScalarMoments: FilterBody {
  let windowRows: Int
  let columns: Int
  let anchor: Kernel.Anchor
  let sampleStep: Int
  let rowStride = 1
  let input: Element
  let floor: Double
  var output: Element { input }
  var reachSamples: Int { (columns - 1) * sampleStep }
  var preferredRows: Int { 8 }
  var summary: String { "moments, window by window" }
  func scratchBytes(rows: Int, width: Int) -> Int { 0 }

  func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer
  ) {
    let count = Int64(windowRows * columns)
    let top = self.input == .uint8 ? 255.0 : 65535.0
    for row in 0..<rows {
      for x in 0..<width {
        var (sum, square) = (Int64(0), Int64(0))
        for j in 0..<windowRows {
          for i in 0..<columns {
            let sample = self.input.integer(input[row + j], x + i * sampleStep)
            sum += sample
            square += sample * sample
          }
        }
        let own = self.input.integer(input[row + anchor.y], x + anchor.x * sampleStep)
        let variance = Double(count * square - sum * sum)
        let level =
          0.5 * top + 0.2 * top * Double(count * own - sum)
          / max(variance.squareRoot(), floor * Double(count))
        self.output.store(
          Int64(min(max((level + 0.5).rounded(.down), 0), top)), output[row], x)
      }
    }
  }
}
