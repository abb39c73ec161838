import ConvEngine
import KernelLanguage
import Raster

/// A filter in plain integers, one window after the other: what every path must equal.
struct ExactOracle {
  var width: Int
  var height: Int
  var taps: [Int]
  var divisor: Int
  var offset: Int
  var anchor: (x: Int, y: Int)
  var stride = (x: 1, y: 1)
  var dilation = (x: 1, y: 1)
  var padding: Padding
  var absolute = false

  var kernel: Kernel {
    Kernel(
      width: width, height: height, taps: taps.map(Double.init), scale: Double(divisor),
      offset: Double(offset), anchor: Kernel.Anchor(x: anchor.x, y: anchor.y))
  }

  var geometry: StageGeometry {
    StageGeometry(
      strideX: stride.x, strideY: stride.y, dilationX: dilation.x, dilationY: dilation.y,
      padding: padding)
  }

  /// Positions of the windows' first taps.
  private func starts(_ input: Int, _ taps: Int, _ anchor: Int, _ stride: Int, _ dilation: Int)
    -> [Int]
  {
    let window = dilation * (taps - 1) + 1
    if padding == .valid {
      return Array(Swift.stride(from: 0, through: input - window, by: stride))
    }
    return Swift.stride(from: 0, to: input, by: stride).map { $0 - anchor * dilation }
  }

  private func source(_ index: Int, _ count: Int) -> Int? {
    if (0..<count).contains(index) { return index }
    switch padding {
    case .replicate: return min(max(index, 0), count - 1)
    case .wrap: return ((index % count) + count) % count
    case .reflect, .reflect101:
      // Step by step, turning at the ends.
      var (position, step) = (0, 1)
      var walk: [Int] = []
      let turns = padding == .reflect
      if count == 1 { return 0 }
      let target = index >= 0 ? index : (turns ? -index - 1 : -index)
      while walk.count <= target {
        walk.append(position)
        if !(0..<count).contains(position + step) {
          step = -step
          if turns {
            walk.append(position)
          }
        }
        position += step
      }
      return walk[target]
    default: return nil
    }
  }

  /// The largest, smallest or mean sample of each window; where nothing stands beyond the border (zeros
  /// are nothing to a pooling), of the samples that there are.
  func pooled(
    _ kind: PoolingKind, _ samples: [Int], _ columns: Int, _ rows: Int, _ channels: Int
  ) -> [Int] {
    var result: [Int] = []
    for startY in starts(rows, height, anchor.y, stride.y, dilation.y) {
      for startX in starts(columns, width, anchor.x, stride.x, dilation.x) {
        for channel in 0..<channels {
          var values: [Int] = []
          for j in 0..<height {
            for i in 0..<width {
              if let y = source(startY + j * dilation.y, rows),
                let x = source(startX + i * dilation.x, columns)
              {
                values.append(samples[(y * columns + x) * channels + channel])
              } else if case .constant(let value) = padding {
                values.append(Int(value))
              }
            }
          }
          switch kind {
          case .maximum: result.append(values.max()!)
          case .minimum: result.append(values.min()!)
          case .average:
            result.append((2 * values.reduce(0, +) + values.count) / (2 * values.count))
          }
        }
      }
    }
    return result
  }

  func callAsFunction(
    _ samples: [Int], _ columns: Int, _ rows: Int, _ channels: Int, top: Int
  ) -> [Int] {
    let all = taps.reduce(0, +)
    var result: [Int] = []
    for startY in starts(rows, height, anchor.y, stride.y, dilation.y) {
      for startX in starts(columns, width, anchor.x, stride.x, dilation.x) {
        for channel in 0..<channels {
          var (sum, live) = (0, 0)
          for j in 0..<height {
            for i in 0..<width {
              let y = source(startY + j * dilation.y, rows)
              let x = source(startX + i * dilation.x, columns)
              let tap = taps[j * width + i]
              if let x, let y {
                sum += tap * samples[(y * columns + x) * channels + channel]
                live += tap
              } else if case .constant(let value) = padding {
                sum += tap * Int(value)
              }
            }
          }
          var (numerator, over) = (sum, divisor)
          if padding == .truncate, live * all > 0 {
            (numerator, over) = (sum * all, divisor * live)
          }
          if over < 0 { (numerator, over) = (-numerator, -over) }
          if absolute { numerator = abs(numerator) }
          let double = 2 * numerator + 2 * offset * over + over
          let quotient = double >= 0 ? double / (2 * over) : -1
          result.append(min(max(quotient, 0), top))
        }
      }
    }
    return result
  }
}
