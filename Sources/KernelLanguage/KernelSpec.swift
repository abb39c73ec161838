/// Reads what stands after `--kernel`.
///
///     NAME[:key=value,…]                     gaussian:sigma=2   sobel-x:stride=2   maxpool:size=3
///     NAME:number[,number…]                  gaussian:2   gaussian:0x2   motion:9,45
///     FILE[:key=value,…]                     my-kernel.txt:offset=128
///     WIDTHxHEIGHT[+X+Y]: numbers            3x3: 0,-1,0, -1,5,-1, 0,-1,0
///     [[0,-1,0],[-1,5,-1],[0,-1,0]][:key=…]  rows; with three levels one plane a channel
///     SPEC; SPEC[:combine=max|min|sum|l2]    a set, the largest result by default
///     MODEL.safetensors:LAYER/FILTER         one filter of a trained model
public enum KernelSpec {
  /// - Parameters:
  ///   - text: what the user wrote.
  ///   - sources: how files and models are read.
  /// - Throws: `KernelError`, with line and column where the text does not read as a kernel.
  public static func parse(_ text: String, sources: KernelSources = .none) throws(KernelError)
    -> Stage
  {
    guard !text.trimmed.isEmpty else { throw .empty }
    var list = SpecList(text: text, sources: sources)
    while let item = try list.next() { try list.add(item) }
    return try list.stage()
  }
}
