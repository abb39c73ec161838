import KernelLanguage
import TestSupport
import Testing

@Suite("A named kernel")
struct NamedKernelTests {
  struct Golden: Sendable, CustomTestStringConvertible {
    var spec: String
    var source: String
    var tolerance: Double
    var width: Int
    var height: Int
    var taps: [Double]
    var testDescription: String { "\(spec) (\(source))" }
  }

  /// Made by `Tests/Goldens/kernels.py`.
  static let goldens: [Golden] = TestData.golden("kernels.tsv").split(separator: "\n").map { line in
    let fields = line.split(separator: "\t").map(String.init)
    return Golden(
      spec: fields[0], source: fields[1], tolerance: Double(fields[2])!, width: Int(fields[3])!,
      height: Int(fields[4])!, taps: fields[5].split(separator: " ").map { Double($0)! })
  }

  @Test("is the one that other programs have under that name", arguments: goldens)
  func golden(golden: Golden) throws {
    let stage = try KernelSpec.parse(golden.spec)
    let kernel = try #require(stage.kernels.first)
    #expect(stage.kernels.count == 1)
    #expect(kernel.width == golden.width && kernel.height == golden.height)
    let taps = kernel.taps.map { $0 / kernel.divisor }
    let largest = zip(taps, golden.taps).map { abs($0 - $1) }.max() ?? 0
    #expect(taps.count == golden.taps.count && largest <= golden.tolerance, "off by \(largest)")
  }

  @Test("reads back under its name, its aliases and in any case", arguments: KernelCatalog.all)
  func names(named: NamedKernel) throws {
    let stage = try named.standard()
    let rest = named.example.map { ":" + $0 } ?? ""
    #expect(
      try KernelSpec.parse(named.name.uppercased().lowercased() + rest).operation
        == stage.operation)
    for alias in named.aliases {
      #expect(try KernelSpec.parse(alias + rest).operation == stage.operation, "\(alias)")
    }
    #expect(!named.title.isEmpty && !named.source.isEmpty)
  }

  @Test("has no name or alias that another one has")
  func unique() {
    var seen: [String: String] = [:]
    for named in KernelCatalog.all {
      for name in [named.name] + named.aliases {
        // Pillow's names are told apart by their capitals.
        let key = name == name.uppercased() ? name : name.lowercased()
        #expect(seen[key] == nil || seen[key] == named.name, "\(name) of \(named.name)")
        seen[key] = named.name
      }
    }
  }

  @Test(
    "is there for every name that the help promises",
    arguments: [
      "identity", "gaussian", "box", "sharpen", "unsharp", "edge", "laplacian", "laplacian-4",
      "laplacian-8", "log", "dog", "sobel-x", "sobel-y", "sobel", "prewitt-x", "prewitt-y",
      "prewitt", "scharr-x", "scharr-y", "scharr", "roberts-x", "roberts-y", "roberts", "kirsch",
      "compass", "freichen", "horizontal", "vertical", "emboss", "motion", "disk", "gabor",
      "binomial", "maxpool", "minpool", "avgpool", "GaussianBlur", "gaussian_filter", "gaussblur",
      "uniform_filter", "boxFilter", "Unity", "comet", "Diamond", "Square", "Octagon", "Plus",
    ])
  func promised(name: String) throws {
    _ = try KernelSpec.parse(name)
  }

  @Test("in capitals is Pillow's")
  func capitals() throws {
    #expect(try kernel("SHARPEN").taps[4] == 32)
    #expect(try kernel("sharpen").taps[4] == 5)
    #expect(try kernel("BLUR").width == 5)
    #expect(try kernel("blur") == kernel("box"))
    #expect(try kernel("EMBOSS").offset == 128)
    #expect(try kernel("find_edges").taps == kernel("FIND_EDGES").taps)
  }

  @Test("of a gradient is two kernels and their magnitude")
  func gradients() throws {
    for name in ["sobel", "prewitt", "scharr", "roberts"] {
      let members = [try kernel(name + "-x"), try kernel(name + "-y")]
      #expect(try KernelSpec.parse(name).operation == .combine(members, .magnitude))
      #expect(try kernel(name + ":90").taps == members[0].turned(by: 90).taps)
    }
    // 3:10:3 turned by 90 degrees is the kernel of the other direction.
    for name in ["sobel", "prewitt", "scharr"] {
      #expect(try kernel(name + "-x:angle=90").taps == kernel(name + "-y").taps)
    }
  }

  @Test(
    "of a compass is its directions and their maximum",
    arguments: [
      "kirsch": 8, "compass": 8, "sobel-compass": 8, "line": 4,
    ])
  func compasses(name: String, count: Int) throws {
    guard case .combine(let kernels, .maximum) = try KernelSpec.parse(name).operation else {
      Issue.record("no set")
      return
    }
    #expect(kernels.count == count && Set(kernels.map(\.taps)).count == count)
  }

  @Test("Gaussian keeps only its two factors, of sum 1", arguments: [0.3, 1, 7.77, 250])
  func factors(sigma: Double) throws {
    let kernel = try kernel("gaussian:sigma=\(sigma)")
    let factors = try #require(kernel.factors)
    #expect(
      factors.row.count == 2 * GaussianKernel.radius(sigma) + 1 && factors.column == factors.row)
    #expect(abs(factors.row.reduce(0, +) - 1) < 1e-14 && abs(kernel.divisor - 1) < 1e-13)
    #expect(kernel.rank == 1)
  }

  @Test(
    "with zero sum sums to zero whatever its parameters",
    arguments: [
      "log:sigma=0.7", "log:sigma=2,size=5", "log:sigma=9", "dog:sigma=0.5", "dog:2,5",
      "freichen:1",
      "sobel-x:angle=17", "laplacian-5x5:angle=33",
    ])
  func zeroSums(spec: String) throws {
    let kernel = try kernel(spec)
    #expect(abs(kernel.sum) < 1e-12 * kernel.magnitude && kernel.divisor == kernel.scale ?? 1)
  }

  @Test("is never silently the identity: a Gaussian too narrow says so")
  func identity() throws {
    #expect(try kernel("gaussian:sigma=0.1").isIdentity)
    #expect(try kernel("identity:size=5").isIdentity)
    #expect(try kernel("[[2]]").isIdentity)
    #expect(try !kernel("gaussian:sigma=0.5").isIdentity)
    #expect(try !kernel("[0,0,1]").isIdentity)
    #expect(try !kernel("[2]:scale=1").isIdentity)
  }

  @Test("motion spreads as far at every angle", arguments: [0.0, 30, 45, 60, 90, 135, 211])
  func motion(angle: Double) throws {
    let kernel = try kernel("motion:length=9,angle=\(angle)")
    var (spread, sum) = (0.0, 0.0)
    for y in 0..<kernel.height {
      for x in 0..<kernel.width {
        let (dx, dy) = (Double(x - kernel.width / 2), Double(y - kernel.height / 2))
        spread += kernel[x, y] * (dx * dx + dy * dy)
        sum += kernel[x, y]
        let opposite = kernel[kernel.width - 1 - x, kernel.height - 1 - y]
        #expect(abs(kernel[x, y] - opposite) < 1e-12)
      }
    }
    // A row of nine ones: (81 − 1) / 12.
    #expect(abs(spread / sum - 80.0 / 12) < 0.7)
  }
}

extension Kernel {
  /// Whether it leaves every picture as it is.
  fileprivate var isIdentity: Bool {
    let origin = origin
    guard depth == 1, offset == 0, origin.x < width, origin.y < height else { return false }
    let centre = self[origin.x, origin.y]
    return abs(centre / divisor - 1) < 1e-9 && abs(magnitude - abs(centre)) < 1e-9 * magnitude
  }
}
