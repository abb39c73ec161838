import Raster

/// Maximum pooling: the largest value of each window, by channel.
///
///     out[y, x, c] = max over the window of in[…, c]
///
/// Where several are largest, the gradient goes to the first, row by row. Samples beyond the border
/// never win.
public struct MaxPool: Pooling {
  public var window: Window
  public init(window: Window) { self.window = window }
  public static let words = ["maxpool", "pool", "maxpooling"]
  public static let name = "MaxPool"

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    ExtremePoolRun(
      Larger(), PoolGeometry(window, step.node.input, step.node.output), team: site.team)
  }
}

/// Minimum pooling: the smallest value of each window, by channel.
///
///     out[y, x, c] = min over the window of in[…, c]
public struct MinPool: Pooling {
  public var window: Window
  public init(window: Window) { self.window = window }
  public static let words = ["minpool", "minpooling"]
  public static let name = "MinPool"

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    ExtremePoolRun(
      Smaller(), PoolGeometry(window, step.node.input, step.node.output), team: site.team)
  }
}

/// Which of two values wins.
private protocol Contest: Sendable {
  func wins(_ challenger: Float, over holder: Float) -> Bool
}
private struct Larger: Contest {
  func wins(_ challenger: Float, over holder: Float) -> Bool { challenger > holder }
}
private struct Smaller: Contest {
  func wins(_ challenger: Float, over holder: Float) -> Bool { challenger < holder }
}

private final class ExtremePoolRun<Rule: Contest>: LayerRun {
  private let rule: Rule
  private let geometry: PoolGeometry
  private let team: ThreadTeam

  init(_ rule: Rule, _ geometry: PoolGeometry, team: ThreadTeam) {
    self.rule = rule
    self.geometry = geometry
    self.team = team
  }

  func forward(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    // Safety: an example's windows lie within its map; examples don't overlap.
    nonisolated(unsafe) let (x, y) = (x, y)
    let (rule, geometry) = (rule, geometry)
    team.run(pass.count) { example in
      pool(
        rule, geometry, x + example * geometry.input.count, y + example * geometry.output.count)
    }
  }

  func backward(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ dy: UnsafeMutablePointer<Float>,
    _ dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    guard let to = dx else { return }
    // Safety: as forward.
    nonisolated(unsafe) let (x, y, dy, dx) = (x, y, dy, to)
    let geometry = geometry
    team.run(pass.count) { example in
      let input = example * geometry.input.count
      let output = example * geometry.output.count
      spread(geometry, x + input, y + output, dy + output, dx + input)
    }
  }
}

private func pool(
  _ rule: some Contest, _ geometry: PoolGeometry, _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>
) {
  let channels = geometry.input.channels
  var out = y
  for row in 0..<geometry.output.height {
    let rows = geometry.rows(row)
    for column in 0..<geometry.output.width {
      let columns = geometry.columns(column)
      let first = x + (rows.lowerBound * geometry.input.width + columns.lowerBound) * channels
      out.update(from: first, count: channels)
      for j in rows {
        for i in columns {
          let tap = x + (j * geometry.input.width + i) * channels
          for c in 0..<channels { out[c] = rule.wins(tap[c], over: out[c]) ? tap[c] : out[c] }
        }
      }
      out += channels
    }
  }
}

/// Adds each output's gradient to the first sample of its window that equals the output.
private func spread(
  _ geometry: PoolGeometry, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
  _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>
) {
  let channels = geometry.input.channels
  dx.update(repeating: 0, count: geometry.input.count)
  for row in 0..<geometry.output.height {
    let rows = geometry.rows(row)
    for column in 0..<geometry.output.width {
      let columns = geometry.columns(column)
      let out = (row * geometry.output.width + column) * channels
      for c in 0..<channels {
        search: for j in rows {
          for i in columns {
            let tap = (j * geometry.input.width + i) * channels + c
            if x[tap] == y[out + c] {
              dx[tap] += dy[out + c]
              break search
            }
          }
        }
      }
    }
  }
}
