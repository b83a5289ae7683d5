/** A port whose named members are others; everything else of it is its own, methods that the port has beyond its interface too. */
export function portAround<P extends object>(port: P, replaced: Partial<P>): P {
  return new Proxy(port, {
    get: (target, name) => {
      if (Object.hasOwn(replaced, name)) return Reflect.get(replaced, name);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
